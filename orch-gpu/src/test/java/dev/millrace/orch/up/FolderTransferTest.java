package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.command.Exit;
import dev.millrace.runtime.runner.FolderRemoval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders to a real store and back, by the commands. */
final class FolderTransferTest {
  @TempDir private static Path site;
  private static Site here;

  @TempDir private Path folder;
  private final Typist typist = new Typist(here);

  @BeforeAll
  static void start() throws IOException {
    here = new Site(site, "");
  }

  @AfterAll
  static void stop() throws IOException {
    here.close();
  }

  private int run(boolean terminal, String... words) {
    return run(terminal, folder, words);
  }

  private int run(boolean terminal, Path from, String... words) {
    return typist.run(terminal, from, words);
  }

  private String out() {
    return typist.out();
  }

  private String err() {
    return typist.err();
  }

  /** So many files of up to 3 KiB, some in folders, some empty. */
  private void files(String name, int count) throws IOException {
    Random random = new Random(11);
    for (int n = 0; n < count; n++) {
      Path file = folder.resolve(name).resolve(n % 3 == 0 ? "a/b " + n : "ü" + n);
      Files.createDirectories(file.getParent());
      byte[] bytes = new byte[n % 7 == 0 ? 0 : random.nextInt(3000)];
      random.nextBytes(bytes);
      Files.write(file, bytes);
    }
  }

  private List<Path> under(String name) throws IOException {
    Path root = folder.resolve(name);
    try (Stream<Path> found = Files.walk(root)) {
      return found.filter(Files::isRegularFile).map(root::relativize).sorted().toList();
    }
  }

  private void assertSame(String one, String other) throws IOException {
    assertThat(under(other)).isEqualTo(under(one));
    for (Path file : under(one)) {
      assertThat(folder.resolve(other).resolve(file))
          .hasSameBinaryContentAs(folder.resolve(one).resolve(file));
    }
  }

  @Test
  void aFolderGoesToAPrefixAndComesBack() throws IOException {
    files("pages", 60);

    assertThat(run(true, "put", "pages", "s3://there/in/")).isZero();
    assertThat(out())
        .startsWith("put 60 files (")
        .contains(") under s3://there/in/")
        .hasLineCount(1);
    assertThat(run(true, "get", "s3://there/in/", "back")).isZero();
    assertThat(out()).startsWith("got 60 files (").hasLineCount(1);
    assertSame("pages", "back");
    try (Stream<Path> all = Files.walk(folder.resolve("back"))) {
      assertThat(all).noneMatch(path -> path.toString().endsWith(".part"));
    }
  }

  @Test
  void aWholeBucketComesIntoAFolderOfItsNameWhichIsSaidFirst() throws IOException {
    files("all", 6);
    assertThat(run(true, "put", "all", "s3://whole/")).isZero();

    assertThat(run(false, "get", "s3://whole")).isZero();

    assertThat(err())
        .startsWith("getting 6 files (")
        .endsWith(") into the folder " + folder.resolve("whole") + "\n");
    assertSame("all", "whole");
    assertThat(run(false, "get", "s3://whole", "--json")).isZero();
    assertThat(err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "./", "./.", "target/..", "absolute"})
  void aPrefixComesIntoTheFolderOneIsIn(String named) throws IOException {
    Path here = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "get");
    String name = here.getFileName().toString();
    files("up/target/" + name, 6);
    assertThat(run(true, "put", "up", "s3://dot/" + name + "/")).isZero();
    String wanted = named.equals("absolute") ? Path.of("").toAbsolutePath().toString() : named;

    try {
      assertThat(run(true, Path.of(""), "get", "s3://dot/" + name + "/", wanted))
          .as(err())
          .isZero();

      assertThat(out()).startsWith("got 6 files (");
      assertThat(out()).endsWith(named.equals("absolute") ? wanted + "\n" : ") in .\n");
      try (Stream<Path> found = Files.walk(here)) {
        assertThat(found.filter(Files::isRegularFile)).hasSize(6);
      }
    } finally {
      FolderRemoval.remove(here);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "./x", "x/../y", "../x"})
  void aPrefixComesIntoAFolderNamedFromHere(String named) throws IOException {
    files("some", 6);
    Path here = Files.createDirectories(folder.resolve("here"));
    assertThat(run(true, "put", "some", "s3://named/in/")).isZero();

    assertThat(run(true, here, "get", "s3://named/in/", named)).as(err()).isZero();

    assertSame("some", Path.of("here", named).normalize().toString());
  }

  @Test
  void whatIsNoFileInAFolderIsSaidToBeLeftOut() throws IOException {
    files("linked", 3);
    Path linked = folder.resolve("linked");
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("x"), "x");
    Files.createSymbolicLink(linked.resolve("to-folder"), elsewhere);
    Files.createSymbolicLink(linked.resolve("round"), linked);
    Files.createSymbolicLink(linked.resolve("to-file"), elsewhere.resolve("x"));
    Files.createSymbolicLink(linked.resolve("broken"), elsewhere.resolve("none"));

    assertThat(run(true, "put", "linked", "s3://linked/in/")).isZero();

    assertThat(out()).startsWith("put 4 files (");
    assertThat(err())
        .contains("to-folder, a link to a folder: name it", "round, a link to a folder")
        .contains("broken, a link that leads nowhere")
        .doesNotContain("to-file");
    assertThat(run(true, "put", "linked", "s3://linked/in/", "--json")).isZero();
    assertThat(err()).contains("to-folder");
    assertThat(run(true, "put", "linked/to-folder", "s3://linked/to/")).isZero();
    assertThat(out()).startsWith("put 1 file (");
  }

  @Test
  void whatNoFunctionReadsIsSaidSo() throws IOException {
    files("unread", 2);

    assertThat(run(true, "put", "unread/ü1", "s3://mistyped/in/")).isZero();
    assertThat(err())
        .contains("no function reads s3://mistyped/in/, a bucket that was not there before")
        .contains("'millrace functions'");
    assertThat(run(true, "put", "unread/ü1", "s3://mistyped/in/")).isZero();
    assertThat(err()).contains("no function reads s3://mistyped/in/;").doesNotContain("not there");
    assertThat(run(false, "put", "unread/ü1", "s3://mistyped/in/")).isZero();
    assertThat(err()).contains("no function reads s3://mistyped/in/;");
    assertThat(run(true, "put", "unread/ü1", "s3://mistyped/in/", "--json")).isZero();
    assertThat(out()).contains("\"read\" : false", "\"newBucket\" : false");
  }

  @Test
  void whereTheOutputIsNoTerminalEachFileHasALine() throws IOException {
    files("lines", 9);

    assertThat(run(false, "put", "lines", "s3://lines/in/")).isZero();

    assertThat(out().lines().filter(line -> line.startsWith("put s3://lines/in/"))).hasSize(9);
    assertThat(err().lines()).hasSize(1).first().asString().startsWith("no function reads ");
  }

  @Test
  void goesOnWhereItWas() throws IOException {
    files("all", 30);
    files("some", 12);
    assertThat(run(true, "put", "some", "s3://goes/on/")).isZero();
    Files.writeString(folder.resolve("all/ü1"), "changed");

    assertThat(run(true, "put", "all", "s3://goes/on/", "--continue")).isZero();
    assertThat(out()).startsWith("put 19 files").contains("; 11 were there");
    assertThat(run(true, "put", "all", "s3://goes/on/", "--continue")).isZero();
    assertThat(out()).startsWith("put 0 files").contains("; 30 were there");

    assertThat(run(true, "get", "s3://goes/on/", "here")).isZero();
    assertSame("all", "here");
    Files.delete(folder.resolve("here/ü2"));
    Files.writeString(folder.resolve("here/ü4"), "other");
    assertThat(run(true, "get", "s3://goes/on/", "here", "--continue")).isZero();
    assertThat(out()).startsWith("got 2 files").contains("; 28 were there");
    assertSame("all", "here");
  }

  @Test
  void aNewerFileOfTheSameSizeIsNotTakenForTheOldOne() throws IOException {
    Files.createDirectories(folder.resolve("same"));
    Files.writeString(folder.resolve("same/f"), "one");
    assertThat(run(true, "put", "same", "s3://same/in/")).isZero();
    Files.writeString(folder.resolve("same/f"), "two");
    Files.setLastModifiedTime(folder.resolve("same/f"), FileTime.fromMillis(0));

    assertThat(run(true, "put", "same", "s3://same/in/", "--continue")).isZero();

    assertThat(out()).startsWith("put 1 file (");
  }

  @Test
  void noKeyIsWrittenBesideTheFolder() throws IOException {
    Files.writeString(folder.resolve("x"), "text");
    for (String key :
        List.of("in/../../out", "in//double", "in/good", "in/good/deeper", "in/./dot")) {
      assertThat(run(false, "put", "x", "s3://odd/" + key)).as(err()).isZero();
    }

    assertThat(run(false, "get", "s3://odd/in/", "into")).isEqualTo(Exit.FAILED);

    assertThat(err()).contains("left out: in/../../out").contains("left out: in//double");
    assertThat(err()).contains("millrace get s3://");
    assertThat(under("into")).hasSize(1).first().asString().startsWith("good");
    assertThat(folder.resolve("out")).doesNotExist();
    assertThat(folder.resolveSibling("out")).doesNotExist();
  }

  @Test
  void saysWhatIsWrongWithAFolder() throws IOException {
    Files.createDirectories(folder.resolve("empty/inner"));
    files("some", 2);

    assertThat(run(false, "put", "empty", "s3://b/")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("there are no files in");
    assertThat(run(false, "put", "some", "s3://b/key")).isEqualTo(Exit.USAGE);
    assertThat(err()).contains("end it with '/'");
    assertThat(run(false, "get", "s3://some-bucket/none/", "x")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("millrace ls");
    assertThat(run(false, "get", "s3://b/p/", "-")).isEqualTo(Exit.USAGE);
    assertThat(run(false, "get", "s3://b/k", "--stall-timeout", "0")).isEqualTo(Exit.USAGE);
    assertThat(err()).contains("1..86400");
  }

  @Test
  void oneFileThatFailsLeavesTheOthersAndSaysHowToGoOn() throws IOException {
    files("most", 20);
    Files.createDirectories(folder.resolve("most/.millrace"));
    Files.writeString(folder.resolve("most/.millrace/x"), "reserved");

    assertThat(run(true, "put", "most", "s3://most/")).isEqualTo(Exit.FAILED);

    assertThat(err()).contains("of 21 files are up").contains("--continue");
  }
}
