package dev.millrace.orch.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class SyncChainTest {
  private static final Instant BEGIN = Instant.ofEpochSecond(100);

  private static int longest(String trace, int seconds) {
    SyncChain chain = new SyncChain();
    trace.lines().forEach(chain::take);
    return chain.longest(BEGIN, BEGIN.plusSeconds(seconds));
  }

  @Test
  void whatFollowsOneAnotherCounts() {
    String trace =
        """
        7 100.100000 fsync(12) = 0 <0.010000>
        8 100.200000 fdatasync(13) = 0 <0.010000>
        7 100.300000 read(4, "GET", 3) = 3 <0.000010>
        7 100.400000 fsync(12) = 0 <0.010000>
        """;

    assertThat(longest(trace, 1)).isEqualTo(3);
  }

  @Test
  void whatOverlapsIsNoSequence() {
    String trace =
        """
        7 100.100000 fsync(12 <unfinished ...>
        8 100.150000 fdatasync(13) = 0 <0.010000>
        9 100.155000 fdatasync(14 <unfinished ...>
        7 100.200000 <... fsync resumed>) = 0 <0.100000>
        9 100.250000 <... fdatasync resumed>) = 0 <0.095000>
        8 100.300000 fdatasync(13) = 0 <0.010000>
        """;

    assertThat(longest(trace, 1)).as("8, then 8 again").isEqualTo(2);
  }

  @Test
  void whatBeganBeforeOrEndedAfterIsNotCounted() {
    String trace =
        """
        7 99.990000 fsync(12) = 0 <0.100000>
        8 100.500000 fdatasync(13) = 0 <0.100000>
        7 100.950000 fsync(12) = 0 <0.100000>
        9 101.500000 fsync(12) = 0 <0.100000>
        """;

    assertThat(longest(trace, 1)).isEqualTo(1);
    assertThat(longest("", 1)).isZero();
    assertThat(longest("7 100.1 <... fsync resumed>) = 0\nnonsense\n7 fsync(", 1)).isEqualTo(1);
  }
}
