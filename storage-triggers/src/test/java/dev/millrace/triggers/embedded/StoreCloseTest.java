package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In what order a store's parts end, and which of them do not where another one hangs. */
class StoreCloseTest {
  private final List<String> closed = new ArrayList<>();

  private static IOException failure(String what) {
    return new IOException(what + " did not stop, in this test");
  }

  @Test
  void theFolderIsGivenBackLast() throws Exception {
    EmbeddedStore.close(
        () -> closed.add("server"), () -> closed.add("names"), () -> closed.add("lock"));

    assertThat(closed).containsExactly("server", "names", "lock");
  }

  @Test
  void aServerThatDoesNotStopKeepsTheFolderAndTheNamesAreClosed() {
    assertThatThrownBy(() ->
            EmbeddedStore.close(
                () -> {
                  throw failure("server");
                },
                () -> closed.add("names"),
                () -> closed.add("lock")))
        .hasMessageStartingWith("server");

    assertThat(closed).containsExactly("names");
  }

  @Test
  void whatFailsBehindItIsToldAsWell() {
    assertThatThrownBy(() ->
            EmbeddedStore.close(
                () -> {
                  throw failure("server");
                },
                () -> {
                  throw failure("names");
                },
                () -> closed.add("lock")))
        .hasMessageStartingWith("server")
        .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessageStartingWith("names"));

    assertThat(closed).isEmpty();
  }

  @Test
  void namesThatAreNotClosedCleanlyKeepNoFolder() {
    assertThatThrownBy(() ->
            EmbeddedStore.close(
                () -> closed.add("server"),
                () -> {
                  throw failure("names");
                },
                () -> closed.add("lock")))
        .hasMessageStartingWith("names");

    assertThat(closed).containsExactly("server", "lock");
  }
}
