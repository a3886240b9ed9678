package dev.millrace.fdl;

import dev.millrace.schema.function.Network;
import dev.millrace.schema.function.Publication;
import dev.millrace.schema.function.RetryRule;
import dev.millrace.schema.function.Rules;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.function.Staging;
import java.time.Duration;
import java.util.Optional;

/** Reads how a function's jobs are treated. */
final class RuleFields {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(30);
  private static final int WARM_MAX = 64;
  private static final int REPLICAS_MAX = 16;

  private RuleFields() {}

  static Rules read(Section s) {
    Rules normal = Rules.defaults();
    Optional<Duration> timeout = period(s, "timeout");
    Optional<Duration> deadline = period(s, "deadline");
    return new Rules(
        timeout.orElse(normal.timeout()),
        s.field("retry").flatMap(RuleFields::retry).orElse(normal.retry()),
        s.field("priority").flatMap(f -> f.whole(-100, 100)).orElse(0),
        deadline.orElse(null),
        s.field("network").flatMap(f -> f.oneOf(Network.class)).orElse(normal.network()),
        s.field("runner").flatMap(f -> f.oneOf(RunnerKind.class)).orElse(normal.runner()),
        s.field("staging").flatMap(f -> f.oneOf(Staging.class)).orElse(normal.staging()),
        s.field("publication")
            .flatMap(f -> f.oneOf(Publication.class))
            .orElse(normal.publication()),
        s.field("warm").flatMap(f -> f.whole(0, WARM_MAX)).orElse(normal.warm()),
        s.field("replicas").flatMap(f -> f.whole(1, REPLICAS_MAX)).orElse(normal.replicas()),
        s.field("resident").flatMap(Field::flag).orElse(normal.resident()));
  }

  /** What a language that says nothing else means. */
  static Rules normal(Duration timeout) {
    Rules normal = Rules.defaults();
    return new Rules(
        timeout,
        normal.retry(),
        normal.priority(),
        normal.deadline(),
        normal.network(),
        normal.runner(),
        normal.staging(),
        normal.publication(),
        normal.warm(),
        normal.replicas(),
        normal.resident());
  }

  private static Optional<Duration> period(Section s, String key) {
    return s.field(key).flatMap(f -> f.duration(SECOND, LONGEST));
  }

  /** A number of attempts, or a map. */
  private static Optional<RetryRule> retry(Field field) {
    RetryRule normal = RetryRule.DEFAULT;
    if (field.isText()) {
      return field
          .whole(1, 100)
          .map(attempts -> new RetryRule(attempts, normal.delay(), normal.delayMax()));
    }
    return field.section().flatMap(RuleFields::retry);
  }

  private static Optional<RetryRule> retry(Section s) {
    RetryRule normal = RetryRule.DEFAULT;
    int attempts = s.field("attempts").flatMap(f -> f.whole(1, 100)).orElse(normal.attempts());
    Optional<Duration> delay =
        s.field("delay").flatMap(f -> f.duration(Duration.ZERO, Duration.ofDays(1)));
    Optional<Duration> most =
        s.field("delay_max").flatMap(f -> f.duration(Duration.ZERO, Duration.ofDays(1)));
    s.refuseUnknown();
    Duration first =
        delay.orElse(most.filter(m -> lessThan(m, normal.delay())).orElse(normal.delay()));
    Duration last = most.orElse(lessThan(normal.delayMax(), first) ? first : normal.delayMax());
    if (lessThan(last, first)) {
      s.error(Finding.of("'delay' is longer than 'delay_max'"));
      return Optional.empty();
    }
    return Optional.of(new RetryRule(attempts, first, last));
  }

  private static boolean lessThan(Duration a, Duration b) {
    return a.compareTo(b) < 0;
  }
}
