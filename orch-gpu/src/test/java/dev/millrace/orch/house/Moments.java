package dev.millrace.orch.house;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.ZonedDateTime;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Accesses that ask the machine what time it is, or for chance: what is otherwise passed in. */
final class Moments {
  private static final Set<String> NOW =
      Set.of(
          Instant.class.getName(),
          LocalDate.class.getName(),
          LocalTime.class.getName(),
          LocalDateTime.class.getName(),
          OffsetDateTime.class.getName(),
          ZonedDateTime.class.getName(),
          Year.class.getName());

  private Moments() {}

  static boolean ofTheMachine(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getName();
    boolean noArguments = access.getDescription().contains("." + name + "()>");
    if (access instanceof JavaConstructorCall) {
      return owner.equals(SecureRandom.class.getName())
          || owner.equals(Random.class.getName())
              && access.getTarget().getFullName().endsWith("<init>()");
    }
    if (NOW.contains(owner)) {
      return name.equals("now") && noArguments;
    }
    if (owner.equals(Clock.class.getName()) || owner.equals(InstantSource.class.getName())) {
      return name.startsWith("system") || name.startsWith("tick");
    }
    return owner.equals(System.class.getName())
            && (name.equals("nanoTime") || name.equals("currentTimeMillis"))
        || owner.equals(UUID.class.getName()) && name.equals("randomUUID")
        || owner.equals(Math.class.getName()) && name.equals("random")
        || owner.equals(ThreadLocalRandom.class.getName())
        || owner.equals("dev.millrace.schema.time.Ticker") && name.equals("system");
  }
}
