package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.ApiFailure;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.desk.Jobs;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting for an object while the coordinator or the store cannot be asked. */
@Timeout(60)
final class AwaitedTest {
  private static final FileNotFoundException ABSENT = new FileNotFoundException("not there");

  private ServerSocket silent;
  private CoordinatorClient client;
  private Outlook outlook;
  private Instant now = Jobs.NOW;

  /** A coordinator that takes connections and says nothing. */
  @BeforeEach
  void start() throws IOException {
    silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    client =
        new CoordinatorClient(
            URI.create("http://127.0.0.1:" + silent.getLocalPort()), "t", Duration.ofMillis(200));
    outlook = new Outlook(client, new ObjectView(null, "b", "k"), Jobs.NOW, line -> {});
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    silent.close();
  }

  private static ApiFailure unreachable() {
    return new ApiFailure.Unreachable(URI.create("http://127.0.0.1:1"), new IOException("refused"));
  }

  /** Fails in these ways, one after the other, and has 7 bytes then. */
  private final class Failing implements Awaited.Download {
    private final Deque<IOException> failures;
    private final boolean begun;
    private boolean late;

    Failing(boolean begun, List<IOException> failures) {
      this.failures = new ArrayDeque<>(failures);
      this.begun = begun;
    }

    @Override
    public long bytes() throws IOException {
      IOException failure = failures.poll();
      if (failure == null) {
        return 7;
      }
      if (late && failures.isEmpty()) {
        now = now.plusSeconds(3600);
      }
      throw failure;
    }

    @Override
    public boolean hasBegun() {
      return begun;
    }
  }

  private Awaited awaited() {
    return new Awaited("it", 60, () -> now);
  }

  @Test
  void aCoordinatorOrStoreThatIsAwayForAWhileEndsNoWait() throws Exception {
    Failing download =
        new Failing(
            false,
            List.of(ABSENT, unreachable(), new ConnectException("refused"), unreachable(), ABSENT));

    assertThat(awaited().until(download, outlook)).isEqualTo(7);
  }

  @Test
  void oneThatWasNeverThereIsToldAtOnce() {
    Failing download = new Failing(false, List.of(unreachable()));

    assertThatThrownBy(() -> awaited().until(download, outlook))
        .isInstanceOf(ApiFailure.Unreachable.class);
  }

  @Test
  void whatIsStillWrongAtTheEndIsTold() {
    Failing download = new Failing(false, List.of(ABSENT, unreachable(), unreachable()));
    download.late = true;

    assertThatThrownBy(() -> awaited().until(download, outlook))
        .isInstanceOf(ApiFailure.Unreachable.class);
  }

  @Test
  void whatWasPrintedInPartIsNotPrintedAgain() {
    Failing download = new Failing(true, List.of(ABSENT, unreachable()));

    assertThatThrownBy(() -> awaited().until(download, outlook))
        .isInstanceOf(ApiFailure.Unreachable.class);
  }

  @Test
  void whatCannotPassEndsTheWait() {
    Failing download = new Failing(false, List.of(ABSENT, new NoSuchFileException("no folder")));

    assertThatThrownBy(() -> awaited().until(download, outlook))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aCoordinatorThatDoesNotBeginToAnswerIsNotThere() {
    assertThatThrownBy(() -> client.functions()).isInstanceOf(ApiFailure.Unreachable.class);
  }
}
