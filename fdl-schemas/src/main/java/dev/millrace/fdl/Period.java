package dev.millrace.fdl;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 300} (seconds), {@code 120s}, {@code 5m}, {@code 1h30m}.
 */
final class Period {
  static final String FORMS = "whole seconds, or a number with ms s m h d, such as 120s or 1h30m";
  private static final Pattern SECONDS = Pattern.compile("\\d{1,10}");
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(\\d{1,7})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m(?!s))?(?:(\\d{1,10})s)?(?:(\\d{1,12})ms)?");

  private Period() {}

  static Optional<Duration> of(String text) {
    if (SECONDS.matcher(text).matches()) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    Matcher form = FORM.matcher(text);
    if (text.isEmpty() || !form.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        Duration.ofDays(part(form, 1))
            .plusHours(part(form, 2))
            .plusMinutes(part(form, 3))
            .plusSeconds(part(form, 4))
            .plusMillis(part(form, 5)));
  }

  /** As FDL writes it. */
  static String shown(Duration d) {
    StringBuilder out = new StringBuilder();
    append(out, d.toDays(), "d");
    append(out, d.toHoursPart(), "h");
    append(out, d.toMinutesPart(), "m");
    append(out, d.toSecondsPart(), "s");
    append(out, d.toMillisPart(), "ms");
    return out.isEmpty() ? "0s" : out.toString();
  }

  private static void append(StringBuilder out, long amount, String unit) {
    if (amount > 0) {
      out.append(amount).append(unit);
    }
  }

  private static long part(Matcher form, int group) {
    String digits = form.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
