package dev.millrace.runtime.resident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TicketTest {
  private static final Ticket ENDED =
      Ticket.ended(new RunEnd(new RunEnd.Exited(9), Instant.EPOCH, Instant.EPOCH.plusSeconds(1)));

  @TempDir Path root;
  private WorkFolder folder;

  @BeforeEach
  void create() throws Exception {
    folder = new WorkFolder(root.resolve("run"));
    folder.create();
  }

  @Test
  void oneOfAnEarlierVersionCountsUntilThereIsANewerAndGoesWithIt() throws Exception {
    Path only = folder.control().resolve("worker.json");
    assertThat(Ticket.read(folder)).isEmpty();
    Files.write(only, Json.bytes(Ticket.waiting()));
    assertThat(Ticket.read(folder)).contains(Ticket.waiting());

    ENDED.write(folder);

    assertThat(Ticket.read(folder)).contains(ENDED);
    Ticket.remove(folder);
    assertThat(Ticket.read(folder)).isEmpty();
    assertThat(only).doesNotExist();
    Files.writeString(only, "half of");
    assertThat(Ticket.read(folder)).contains(Ticket.given(Instant.EPOCH));
  }

  @Test
  void oneInTheControlFolderCountsUntilThereIsANewerAndGoesWithIt() throws Exception {
    Path earlier = folder.control().resolve("worker");
    ENDED.write(folder);
    Files.move(folder.root().resolve("worker"), earlier);
    assertThat(Ticket.read(folder)).contains(ENDED);

    Ticket.waiting().write(folder);

    assertThat(Ticket.read(folder)).contains(Ticket.waiting());
    Ticket.remove(folder);
    assertThat(earlier).doesNotExist();
    assertThat(Ticket.read(folder)).isEmpty();
  }

  @Test
  void twoHalfOnesInARowLeaveTheOneBeforeThem() throws Exception {
    ENDED.write(folder);
    Path file = folder.root().resolve("worker");
    Files.writeString(file, "\n{\"state\":\n{\"sta\n", StandardOpenOption.APPEND);

    assertThat(Ticket.read(folder)).contains(ENDED);

    Files.writeString(file, "\n{\"state\":\n{\"sta\n");
    assertThat(Ticket.read(folder)).contains(Ticket.given(Instant.EPOCH));
  }
}
