package dev.millrace.orch.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SeenNumbersTest {
  private final SeenNumbers numbers = new SeenNumbers();

  @Test
  void theHighestNumberThereIsTakesNoTimeAsTheFirst() {
    assertThat(soon(Long.MAX_VALUE)).isTrue();
    assertThat(soon(Long.MAX_VALUE)).isFalse();
    assertThat(soon(Long.MAX_VALUE - 1)).isTrue();
  }

  @Test
  void theHighestNumberThereIsTakesNoTimeBehindItsNeighbours() {
    assertThat(soon(Long.MAX_VALUE - 3)).isTrue();
    assertThat(soon(Long.MAX_VALUE)).isTrue();
    assertThat(soon(Long.MAX_VALUE - 3)).isFalse();
  }

  @Test
  void theHighestNumberThereIsForgetsTheLowOnes() {
    assertThat(soon(0)).isTrue();
    assertThat(soon(Long.MAX_VALUE)).isTrue();
    assertThat(soon(0)).isFalse();
  }

  @Test
  void takesEachNumberOnceAndNoneThatIsAThousandBehind() {
    Random random = new Random(20_261_123);
    Set<Long> taken = new HashSet<>();
    long highest = -1;
    long centre = 0;
    for (int i = 0; i < 20_000; i++) {
      centre += random.nextInt(100) == 0 ? 3_000 : 1;
      long number = Math.max(0, centre + random.nextInt(2_400) - 1_200);
      boolean known = taken.contains(number) || highest - number >= 1_024;
      assertThat(numbers.take(number)).as("number %d of seed 20261123", number).isEqualTo(!known);
      taken.add(number);
      highest = Math.max(highest, number);
    }
  }

  private boolean soon(long number) {
    return assertTimeoutPreemptively(
        Duration.ofSeconds(5), () -> numbers.take(number));
  }
}
