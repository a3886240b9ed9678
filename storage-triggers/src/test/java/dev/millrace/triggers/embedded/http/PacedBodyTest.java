package dev.millrace.triggers.embedded.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Slow bodies, on a clock that stands still but for them. */
final class PacedBodyTest {
  private long now;

  @Test
  void endsABodyThatBringsAByteNowAndThen() {
    InputStream body = paced(trickle(1, Duration.ofSeconds(20)));

    assertThatThrownBy(body::readAllBytes)
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.REQUEST_TIMEOUT))
        .hasMessageContaining("2 bytes in 40 s");
  }

  @Test
  void takesABodyThatIsJustFastEnoughHoweverLongItLasts() throws IOException {
    InputStream body = paced(trickle(1000, Duration.ofSeconds(30)));

    for (int i = 0; i < 100; i++) {
      assertThat(body.read(new byte[4096])).isEqualTo(1000);
    }
    assertThat(Duration.ofNanos(now)).isEqualTo(Duration.ofSeconds(3000));
  }

  @Test
  void doesNotCountTheTimeThatItsReaderTakes() throws IOException {
    InputStream body = paced(trickle(1, Duration.ZERO));
    for (int i = 0; i < 100; i++) {
      now += Duration.ofMinutes(5).toNanos();

      assertThat(body.read()).isEqualTo('x');
    }
  }

  private InputStream paced(InputStream in) {
    return new PacedBody(in, 1000, Duration.ofSeconds(30), () -> now);
  }

  /** So many bytes after each pause, without end. */
  private InputStream trickle(int bytes, Duration pause) {
    return new InputStream() {
      @Override
      public int read() {
        now += pause.toNanos();
        return 'x';
      }

      @Override
      public int read(byte[] buffer, int offset, int length) {
        now += pause.toNanos();
        int count = Math.min(length, bytes);
        java.util.Arrays.fill(buffer, offset, offset + count, (byte) 'x');
        return count;
      }
    };
  }
}
