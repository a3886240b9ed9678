package dev.millrace.runtime.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.runtime.unit.Transfer.Moved;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.run.RunChannel.Want;
import dev.millrace.schema.run.RunObjects;
import dev.millrace.schema.sign.Hex;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NearTransferTest {
  private static final byte[] TEXT = "an input".getBytes(StandardCharsets.UTF_8);
  private static final ObjectName NAME = new ObjectName(StoreId.EMBEDDED, "bucket", "in/a");
  private static final RunRef RUN =
      new RunRef(new AttemptId(new JobId("0".repeat(26)), 1), new RunId("1".repeat(26)), 1);
  private static final Moved DONE = new Moved.Done(Hex.of(Hex.sha256(TEXT)));

  @TempDir Path folder;

  /** Answers every wish so, or fails. */
  private record Fixed(Optional<Opened> opened, Optional<Put> put) implements RunObjects {
    @Override
    public Opened open(RunRef run, Want want) throws IOException {
      return opened.orElseThrow(() -> new IOException("told to fail"));
    }

    @Override
    public Put put(RunRef run, String relative, byte[] bytes) throws IOException {
      return put.orElseThrow(() -> new IOException("told to fail"));
    }
  }

  private static NearTransfer opening(RunObjects.Opened opened) {
    return new NearTransfer(new Fixed(Optional.of(opened), Optional.empty()));
  }

  private static NearTransfer putting(RunObjects.Put put) {
    return new NearTransfer(new Fixed(Optional.empty(), Optional.of(put)));
  }

  private static RunObjects.Opened here(long generation) {
    VersionTag version = new VersionTag.Generation(generation);
    ObjectHead head = new ObjectHead(NAME, version, "e", TEXT.length, Instant.EPOCH, Map.of());
    return new RunObjects.Opened.Here(new ObjectBody(head, new ByteArrayInputStream(TEXT)));
  }

  private static InputRef input(long size) {
    return new InputRef(NAME, new VersionTag.Generation(7), "e", size, Instant.EPOCH);
  }

  private Optional<Moved> fetch(RunObjects.Opened opened, long size) throws Exception {
    return opening(opened).fetch(RUN, input(size), folder.resolve("a"));
  }

  @Test
  void theVeryVersionIsFetchedAndNoOther() throws Exception {
    assertThat(fetch(here(7), TEXT.length)).contains(DONE);
    assertThat(folder.resolve("a")).hasBinaryContent(TEXT);
    assertThat(fetch(here(8), TEXT.length)).contains(new Moved.Superseded());
    assertThat(fetch(here(6), TEXT.length)).contains(new Moved.Superseded());
    assertThat(fetch(new RunObjects.Opened.Gone(), TEXT.length)).contains(new Moved.Gone());
  }

  @Test
  void whatIsLargeOrFailsOrIsNotNearGoesByUrl() throws Exception {
    assertThat(fetch(new RunObjects.Opened.ByUrl(), TEXT.length)).isEmpty();
    assertThat(fetch(here(7), TEXT.length + 1)).as("too few came").isEmpty();
    assertThat(fetch(here(7), 1 << 30)).isEmpty();
    NearTransfer failing = new NearTransfer(new Fixed(Optional.empty(), Optional.empty()));
    assertThat(failing.fetch(RUN, input(TEXT.length), folder.resolve("a"))).isEmpty();
    assertThat(failing.put(RUN, "out/a", TEXT)).isEmpty();
    assertThat(new NearTransfer(RunObjects.NONE).put(RUN, "out/a", TEXT)).isEmpty();
    assertThat(putting(new RunObjects.Put.Done()).put(RUN, "out/a", new byte[2 << 20])).isEmpty();
  }

  @Test
  void aRefusedRunHasLostItsLease() {
    assertThatThrownBy(() -> fetch(new RunObjects.Opened.Refused("another has it"), TEXT.length))
        .isInstanceOf(LeaseLost.class);
    assertThatThrownBy(
            () -> putting(new RunObjects.Put.Refused("another has it")).put(RUN, "out/a", TEXT))
        .isInstanceOf(LeaseLost.class);
  }

  @Test
  void aFileIsWrittenWithTheDigestOfWhatWasWritten() throws Exception {
    Path file = Files.write(folder.resolve("b"), TEXT);
    NearTransfer near = putting(new RunObjects.Put.Done());

    assertThat(near.putFile(RUN, "out/b", file)).contains(DONE);
    assertThat(near.put(RUN, "out/b", TEXT)).contains(DONE);
  }

  @Test
  void anInterruptEndsTheTransfer() {
    NearTransfer failing = new NearTransfer(new Fixed(Optional.empty(), Optional.empty()));
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> failing.put(RUN, "out/a", TEXT))
        .isInstanceOf(InterruptedException.class);
  }
}
