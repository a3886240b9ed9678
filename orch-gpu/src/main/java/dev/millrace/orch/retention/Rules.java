package dev.millrace.orch.retention;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long is kept what nobody needs to go on; null for ever.
 *
 * @param logs of attempts, counted from the end of their job
 * @param notices that were decided, leases that are free, and entries that the ledger has
 * @param jobs attempts and steps of a job, and what lies under {@code .millrace/} of it, from its
 *     end; not before its logs
 */
public record Rules(@Nullable Duration logs, @Nullable Duration notices, @Nullable Duration jobs) {
  /** Nothing is removed. */
  public static final Rules NEVER = new Rules(null, null, null);

  /** Less of logs and notices is refused. */
  public static final Duration SHORTEST = Duration.ofHours(1);

  /** Less of jobs is refused. */
  public static final Duration SHORTEST_JOBS = Duration.ofDays(1);

  private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(s|m|h|d)");
  private static final Duration LONGEST = Duration.ofDays(36_500);

  public Rules {
    check("logs", logs, SHORTEST);
    check("notices", notices, SHORTEST);
    check("jobs", jobs, SHORTEST_JOBS);
    if (jobs != null && logs != null && jobs.compareTo(logs) < 0) {
      throw new IllegalArgumentException(
          "jobs: "
              + text(jobs)
              + " is shorter than logs: "
              + text(logs)
              + ", and the logs of a job go with it: give jobs that long at least");
    }
  }

  private static void check(String name, @Nullable Duration time, Duration least) {
    if (time != null && time.compareTo(least) < 0) {
      throw new IllegalArgumentException(
          name
              + ": "
              + text(time)
              + " is too short, "
              + text(least)
              + " is the least ('m' is minutes); never keeps them");
    }
    if (time != null && time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + ": " + text(time) + " is more than a hundred years: never keeps them");
    }
  }

  /** As they are written: {@code 12h}, {@code 30d}, {@code never}. */
  public static Rules of(String logs, String notices, String jobs) {
    return new Rules(time("logs", logs), time("notices", notices), time("jobs", jobs));
  }

  /** A number without its unit is refused: what it means decides what is lost. */
  private static @Nullable Duration time(String name, String text) {
    if (text.equals("never")) {
      return null;
    }
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          name + ": '" + text + "' is no time such as 12h, 30d or 365d, nor never");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  /** Whether nothing is ever removed. */
  public boolean off() {
    return equals(NEVER);
  }

  /** As it is written in the configuration. */
  public static String text(@Nullable Duration time) {
    if (time == null) {
      return "never";
    }
    long seconds = time.toSeconds();
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3_600 == 0) {
      return seconds / 3_600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }

  @Override
  public String toString() {
    return "logs " + text(logs) + ", notices " + text(notices) + ", jobs " + text(jobs);
  }
}
