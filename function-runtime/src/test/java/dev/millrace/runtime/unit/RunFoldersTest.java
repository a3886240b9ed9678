package dev.millrace.runtime.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunFoldersTest {
  private final Ulids ids = new Ulids(() -> Instant.EPOCH, new Random(5));
  @TempDir Path root;

  @Test
  void aBeatThatComesWhileTheFolderGoesIsInNobodysWay() throws Exception {
    RunFolders folders = new RunFolders(root);
    for (int round = 0; round < 200; round++) {
      RunId run = ids.run();
      folders.of(run).create();
      folders.beat(run, 1);
      AtomicBoolean beating = new AtomicBoolean(true);
      Thread lease = Thread.ofPlatform().start(() -> beat(folders, run, beating));

      folders.remove(run);

      beating.set(false);
      lease.join();
      try (Stream<Path> left = Files.list(root)) {
        assertThat(left).as("round %d", round).isEmpty();
      }
    }
  }

  private static void beat(RunFolders folders, RunId run, AtomicBoolean beating) {
    for (long counter = 2; beating.get(); counter++) {
      try {
        folders.beat(run, counter);
      } catch (IOException e) {
        // The folder is gone: as it is for a lease that is renewed once too often.
        return;
      }
    }
  }

  @Test
  void whatAFunctionLockedIsRemovedAllTheSame() throws Exception {
    RunFolders folders = new RunFolders(root);
    RunId run = ids.run();
    folders.of(run).create();
    for (String mode : new String[] {"---------", "-w-------", "r--------", "--x------"}) {
      Path inner = folders.of(run).output().resolve("locked" + mode + "/inner");
      Files.writeString(Files.createDirectories(inner).resolve("file"), "left");
      Files.setPosixFilePermissions(inner, PosixFilePermissions.fromString(mode));
      Files.setPosixFilePermissions(inner.getParent(), PosixFilePermissions.fromString(mode));
    }

    folders.remove(run);

    try (Stream<Path> left = Files.list(root)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aRunGoesOnFromItsLastWholeState() throws Exception {
    RunFolders folders = new RunFolders(root);
    SignedBytes order = new SignedBytes("order", new byte[] {'{', '\n', '}'}, "key", new byte[64]);
    RunState claiming = RunState.claiming(order, ids.run(), Instant.EPOCH);
    RunState fetched = claiming.fetched("a digest", Instant.EPOCH.plusSeconds(1));
    folders.save(claiming);
    folders.save(fetched);
    Path states = folders.of(claiming.run()).root().resolve("states");
    Files.writeString(states, "\n{\"order\":\"half of", StandardOpenOption.APPEND);

    assertThat(folders.find(claiming.run())).contains(fetched);
    assertThat(folders.load()).containsExactly(fetched);

    folders.save(fetched.starting(""));
    assertThat(folders.find(claiming.run())).contains(fetched.starting(""));
  }

  @Test
  void twoHalfStatesInARowLeaveTheOneBeforeThem() throws Exception {
    RunFolders folders = new RunFolders(root);
    RunState claiming = claiming();
    folders.save(claiming);
    Path states = folders.of(claiming.run()).root().resolve("states");
    for (int crash = 0; crash < 3; crash++) {
      Files.writeString(states, "\n{\"order\":\"half of", StandardOpenOption.APPEND);
    }
    Files.writeString(states, "\n", StandardOpenOption.APPEND);

    assertThat(folders.load()).containsExactly(claiming);
    assertThat(folders.find(claiming.run())).contains(claiming);
  }

  @Test
  void aRunOfAnEarlierVersionIsFoundAndGoesOnAndIsRemoved() throws Exception {
    RunFolders folders = new RunFolders(root);
    RunState begun = claiming().fetched("a digest", Instant.EPOCH.plusSeconds(1));
    folders.of(begun.run()).create();
    Path only = folders.of(begun.run()).root().resolve("state.json");
    Files.write(only, Json.bytes(begun));

    assertThat(folders.load()).containsExactly(begun);
    assertThat(folders.find(begun.run())).contains(begun);
    Files.writeString(only.resolveSibling("states"), "\n{\"order\":\"half of");
    assertThat(folders.load()).as("its next state was cut off").containsExactly(begun);

    folders.save(begun.starting());
    assertThat(folders.load()).containsExactly(begun.starting());
    folders.remove(begun.run());
    assertThat(folders.load()).isEmpty();

    Files.createDirectories(only.getParent());
    Files.writeString(only, "no state");
    assertThat(folders.load()).isEmpty();
  }

  private RunState claiming() {
    SignedBytes order = new SignedBytes("order", new byte[] {'{', '}'}, "key", new byte[64]);
    return RunState.claiming(order, ids.run(), Instant.EPOCH);
  }

  @Test
  void whatACrashLeftOfARemovalIsRemovedAtTheNextStart() throws Exception {
    RunFolders folders = new RunFolders(root);
    Path half = Files.createDirectories(root.resolve(ids.run() + ".gone/work/input"));
    Files.writeString(half.resolve("a"), "left");

    assertThat(folders.load()).isEmpty();

    try (Stream<Path> left = Files.list(root)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void whatIsNoRunsFolderKeepsNoProviderFromStarting() throws Exception {
    Path runs = root.resolve("runs");
    RunFolders folders = new RunFolders(runs);
    Files.writeString(runs.resolve("stray"), "a file");
    Files.createSymbolicLink(runs.resolve("link"), runs.resolve("nowhere"));
    Path outside = Files.createDirectories(root.resolve("outside"));
    Files.writeString(outside.resolve("states"), "{}");
    Files.createSymbolicLink(runs.resolve("led"), outside);
    Files.createDirectories(runs.resolve("empty"));
    Files.createDirectories(runs.resolve("odd/states"));
    RunId run = ids.run();
    folders.of(run).create();
    Files.writeString(folders.of(run).root().resolve("states"), "no state");

    assertThat(folders.load()).isEmpty();

    assertThat(outside.resolve("states")).exists();
    try (Stream<Path> left = Files.list(runs)) {
      assertThat(left)
          .containsExactlyInAnyOrder(
              runs.resolve("stray"), runs.resolve("link"), runs.resolve("led"));
    }
    assertThat(folders.find(run)).isEmpty();
  }
}
