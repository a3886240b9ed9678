package dev.millrace.triggers.embedded.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.triggers.embedded.names.EventOutbox.NewEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventOutboxTest {
  @TempDir Path folder;

  private NameDatabase open(CommitSignal commits) throws IOException {
    return NameDatabase.open(folder.resolve("names.sqlite"), commits);
  }

  private static long event(NameDatabase database, String key) throws IOException {
    NewEvent event =
        new NewEvent(
            EventName.CREATED_PUT,
            "inbox",
            key.getBytes(StandardCharsets.UTF_8),
            "etag",
            1,
            Optional.empty(),
            0,
            "");
    return database.write(statements -> EventOutbox.append(statements, event));
  }

  private static long kept(NameDatabase database) throws IOException {
    return database.readOnce(
        statements -> statements.first(row -> row.getLong(1), "SELECT count(*) FROM events").get());
  }

  @Test
  void whatIsAcknowledgedIsGoneAtOnceAndLeavesTheDiskWithTheNextCommit() throws Exception {
    CommitSignal commits = new CommitSignal();
    try (NameDatabase database = open(commits)) {
      EventOutbox outbox = new EventOutbox(database, commits);
      event(database, "a");
      event(database, "b");

      outbox.acknowledge(Long.MAX_VALUE);

      assertThat(outbox.eventsAfter(0, 10)).isEmpty();
      assertThat(outbox.awaitEvents(0, Duration.ZERO)).isFalse();
      assertThat(kept(database)).isEqualTo(2);
      long third = event(database, "c");
      assertThat(outbox.eventsAfter(0, 10)).extracting(StoreEvent::sequence).containsExactly(third);
      assertThat(outbox.awaitEvents(0, Duration.ZERO)).isTrue();
      assertThat(kept(database)).isEqualTo(1);
    }
  }

  @Test
  void aStoreThatIsClosedTellsNothingTwiceAndOneThatDiedTellsItOnceMore() throws Exception {
    Path copy = folder.resolve("died");
    CommitSignal commits = new CommitSignal();
    try (NameDatabase database = open(commits)) {
      EventOutbox outbox = new EventOutbox(database, commits);
      outbox.acknowledge(event(database, "a"));
      Files.createDirectories(copy);
      for (String each : new String[] {"names.sqlite", "names.sqlite-wal"}) {
        Files.copy(folder.resolve(each), copy.resolve(each));
      }
    }

    try (NameDatabase again = open(commits)) {
      assertThat(new EventOutbox(again, commits).eventsAfter(0, 10)).isEmpty();
    }
    try (NameDatabase died = NameDatabase.open(copy.resolve("names.sqlite"), commits)) {
      assertThat(new EventOutbox(died, commits).eventsAfter(0, 10)).hasSize(1);
    }
  }

  @Test
  void anEventThatIsYetToComeCannotBeAcknowledged() throws Exception {
    CommitSignal commits = new CommitSignal();
    try (NameDatabase database = open(commits)) {
      EventOutbox outbox = new EventOutbox(database, commits);
      outbox.acknowledge(1_000);
      outbox.acknowledge(-1);

      long first = event(database, "a");

      assertThat(outbox.eventsAfter(0, 10)).extracting(StoreEvent::sequence).containsExactly(first);
    }
  }
}
