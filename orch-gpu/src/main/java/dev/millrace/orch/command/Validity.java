package dev.millrace.orch.command;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** How long something is good for: {@code 30d}, {@code 12h}, {@code 90m}, {@code 2w}. */
record Validity(Duration duration) {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,4})([mhdw])");

  /** As people write it. */
  static Validity parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "is a number with m, h, d or w behind it, 30d for instance; found: '" + text + "'");
    }
    long count = Long.parseLong(form.group(1));
    return new Validity(
        switch (form.group(2)) {
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          case "d" -> Duration.ofDays(count);
          default -> Duration.ofDays(7 * count);
        });
  }

  /** For the parser. */
  static final class Converter implements CommandLine.ITypeConverter<Validity> {
    @Override
    public Validity convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
