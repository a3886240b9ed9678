package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.command.Exit;
import dev.millrace.orch.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where files come to and go to: every shape of a destination, and a second store. */
final class TransferPlacesTest {
  @TempDir private static Path site;
  private static StorePart archive;
  private static Site here;

  @TempDir private Path folder;
  private final Typist typist = new Typist(here);

  @BeforeAll
  static void start() throws IOException {
    Path other = Files.createDirectories(site.resolve("other"));
    archive =
        StorePart.start(
            new ConfigReader(name -> null).read("test.yaml", "", other).withPorts(0, 0),
            other,
            "--port");
    here =
        new Site(
            Files.createDirectories(site.resolve("site")),
            """
            stores:
              minio.archive:
                endpoint: %s
                access_key_file: %s
                secret_key_file: %s
            """
                .formatted(
                    archive.access().endpoint(),
                    Files.writeString(site.resolve("id"), archive.access().keys().id()),
                    Files.writeString(site.resolve("key"), archive.access().keys().secret())));
  }

  @AfterAll
  static void stop() throws IOException {
    here.close();
    archive.close();
  }

  @BeforeEach
  void someObjects() throws IOException {
    Files.writeString(folder.resolve("one"), "first");
    Files.writeString(folder.resolve("two"), "second");
    assertThat(run("put", "one", "s3://docs/in/k1")).as(err()).isZero();
    assertThat(run("put", "two", "s3://docs/in/k2")).as(err()).isZero();
  }

  @Test
  void aLinkThatLeadsNowhereIsNotTakenAway() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("out"), folder.resolve("unmounted"));

    assertThat(run("get", "s3://docs/in/k1", "out/")).isEqualTo(Exit.FAILED);

    assertThat(link).isSymbolicLink();
    assertThat(err()).contains("cannot be made");
  }

  private int run(String... words) {
    return typist.run(false, folder, words);
  }

  private String out() {
    return typist.out();
  }

  private String err() {
    return typist.err();
  }

  private List<String> names(String within) throws IOException {
    try (Stream<Path> found = Files.list(folder.resolve(within))) {
      return found.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"newd/", "a/b/", "./newd/", "newd/.", "newd//"})
  void aNameWithASlashIsAFolderThatIsMade(String named) throws IOException {
    assertThat(run("get", "s3://docs/in/k1", named)).as(err()).isZero();
    assertThat(run("get", "s3://docs/in/k2", named)).as(err()).isZero();

    assertThat(names(named)).containsExactly("k1", "k2");
    assertThat(folder.resolve(named).resolve("k1")).hasContent("first");
    assertThat(folder.resolve(named).resolve("k2")).hasContent("second");
  }

  @ParameterizedTest
  @CsvSource({"., k1", "./, k1", "there, there/k1", "there/, there/k1", "there/.., k1"})
  void anObjectComesIntoAFolderThatIsThere(String named, String file) throws IOException {
    Files.createDirectories(folder.resolve("there"));

    assertThat(run("get", "s3://docs/in/k1", named)).as(err()).isZero();

    assertThat(folder.resolve(file)).hasContent("first");
  }

  @Test
  void aFileThatIsThereIsReplacedAndNeverTakenForAFolder() throws IOException {
    Files.writeString(folder.resolve("old"), "old");

    assertThat(run("get", "s3://docs/in/k1", "old/")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("old cannot be made: there is a file of that name; name another");
    assertThat(run("get", "s3://docs/in/k1", "old/deeper/")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("old/deeper cannot be made").contains("name another");
    assertThat(run("get", "s3://docs/in/", "old")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("old is no folder").contains("name another");
    assertThat(run("get", "s3://docs/in/", "old/")).isEqualTo(Exit.FAILED);
    assertThat(run("get", "s3://docs/in/", "old/", "--continue")).isEqualTo(Exit.FAILED);
    assertThat(folder.resolve("old")).hasContent("old");

    assertThat(run("get", "s3://docs/in/k1", "old")).isZero();
    assertThat(folder.resolve("old")).hasContent("first");
  }

  @Test
  void whatIsNoFileIsNeverReplaced() throws IOException {
    Path device = Path.of("/dev/null");
    assertThat(run("get", "s3://docs/in/k1", device.toString())).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("no file that could be replaced").contains("'-' prints");
    assertThat(Files.isRegularFile(device, LinkOption.NOFOLLOW_LINKS)).isFalse();

    Files.createDirectories(folder.resolve("full/k1"));
    assertThat(run("get", "s3://docs/in/k1", "full")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("full/k1 is a folder: name another FILE");
  }

  @Test
  void aFolderThatWasMadeForNothingIsTakenAway() throws IOException {
    assertThat(run("get", "s3://docs/in/none", "a/b/")).isEqualTo(Exit.FAILED);
    assertThat(run("get", "s3://docs/none/", "c/")).isEqualTo(Exit.FAILED);

    assertThat(names("")).containsExactly("one", "two");
    assertThat(run("get", "s3://docs/in/k1", "a/b/c")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("there is no folder").contains("ends in '/' is made");
  }

  @ParameterizedTest
  @ValueSource(strings = {"newd", "newd/", "a/b/", "a/b", ".", "./"})
  void aPrefixComesIntoAFolderOfAnyShape(String named) throws IOException {
    assertThat(run("get", "s3://docs/in/", named)).as(err()).isZero();
    assertThat(names(named)).contains("k1", "k2");

    assertThat(run("get", "s3://docs/in/", named, "--continue")).as(err()).isZero();
    assertThat(out()).startsWith("got 0 files").contains("2 were there");
  }

  @Test
  void oneObjectThatIsHereAlreadyIsLeftOutToo() throws IOException {
    assertThat(run("get", "s3://docs/in/k1", "newd/", "--continue")).isZero();
    assertThat(out()).startsWith("got ");
    Path file = folder.resolve("newd/k1");
    FileTime before = FileTime.from(Instant.parse("2020-01-02T03:04:05Z"));
    Files.setLastModifiedTime(file, before);

    assertThat(run("get", "s3://docs/in/k1", "newd/", "--continue")).isZero();
    assertThat(out()).startsWith("here already: ");
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(before);
    Files.writeString(file, "other");
    assertThat(run("get", "s3://docs/in/k1", "newd/", "--continue")).isZero();
    assertThat(file).hasContent("first");
    assertThat(run("get", "s3://docs/in/k1", "-", "--continue")).isEqualTo(Exit.USAGE);
    assertThat(run("get", "s3://docs/in/", "-")).isEqualTo(Exit.USAGE);
    assertThat(run("get", "s3://docs/in/k1", "-")).isZero();
    assertThat(out()).isEqualTo("first");
  }

  @Test
  void namesThatTheFileSystemDoesNotTakeAreLeftOutAndStopNothing() throws IOException {
    String legal = "l".repeat(255);
    String long300 = "x".repeat(300);
    for (String key :
        List.of(legal, long300, long300 + "/inner", "é".repeat(130), "a", "a/b", "zz")) {
      assertThat(run("put", "one", "s3://long/in/" + key)).as(err()).isZero();
    }

    for (String more : List.of("--stall-timeout=60", "--continue")) {
      assertThat(run("get", "s3://long/in/", "into", more)).isEqualTo(Exit.FAILED);
      assertThat(err())
          .contains("left out: in/" + long300 + ", a name in it is longer")
          .contains(long300 + "/inner, a name in it")
          .contains("4 files could not be written here; the others are")
          .containsPattern("left out: in/a(/b)?, a f");
      assertThat(names("into")).contains(legal, "zz", "a").hasSize(3);
    }
    assertThat(run("get", "s3://long/in/", "into", "--continue", "--json")).isEqualTo(Exit.FAILED);
    assertThat(out()).contains("\"key\" : \"in/" + long300, "\"why\" : \"a name in");

    assertThat(run("get", "s3://long/in/" + legal)).as(err()).isZero();
    assertThat(folder.resolve(legal)).hasContent("first");
    assertThat(run("get", "s3://long/in/" + long300)).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("longer than this file system takes").contains(" FILE, with");
    assertThat(run("get", "s3://long/in/" + long300, "short")).isZero();
    assertThat(folder.resolve("short")).hasContent("first");
  }

  @Test
  void aSlashBehindABucketMeansAPrefix() throws IOException {
    assertThat(run("put", "one", "s3://pre/fix/")).isZero();
    assertThat(run("put", "one", "s3://pre")).isZero();
    assertThat(run("put", "one", "s3://pre/name")).isZero();
    assertThat(run("ls", "s3://pre/", "--recursive", "--json")).isZero();
    assertThat(out()).contains("\"fix/one\"", "\"one\"", "\"name\"").hasLineCount(3);
  }

  @Test
  void twoFilesThatWouldBeOneObjectAreRefused() throws IOException {
    Files.createDirectories(folder.resolve("d"));
    Files.writeString(folder.resolve("d/one"), "another");

    assertThat(run("put", "one", "d/one", "s3://both/in/")).isEqualTo(Exit.USAGE);

    assertThat(err()).contains("would both be s3://both/in/one; nothing was uploaded");
    assertThat(run("get", "s3://both/in/one", "x")).isEqualTo(Exit.FAILED);
  }

  @Test
  void filesGoToAnotherConfiguredStoreAndComeBack() throws IOException {
    assertThat(run("put", "one", "two", "s3://far/in/", "--store", "minio.archive"))
        .as(err())
        .isZero();
    assertThat(run("ls", "s3://far/in/", "--store", "minio.archive")).isZero();
    assertThat(out()).contains("in/one", "in/two");

    assertThat(run("get", "s3://far/in/one", "back/", "--store", "minio.archive"))
        .as(err())
        .isZero();
    assertThat(folder.resolve("back/one")).hasContent("first");
    assertThat(run("get", "--store", "minio.archive", "s3://far/in/", "back", "--continue"))
        .isZero();
    assertThat(out()).startsWith("got 1 file ").contains("; 1 were there");
    assertThat(run("put", "one", "s3://far/in/", "--store", "minio.archive", "--continue"))
        .isZero();
    assertThat(out()).contains("; 1 were there");

    assertThat(run("get", "s3://far/in/one", "x")).as("the embedded store").isEqualTo(Exit.FAILED);
    assertThat(run("get", "s3://far/in/none", "x", "--store", "minio.archive"))
        .isEqualTo(Exit.FAILED);
    assertThat(err()).contains("'millrace explain s3://far/in/none --store minio.archive'");
    assertThat(run("get", "s3://far/no/", "x", "--store", "minio.archive")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("'millrace ls s3://far --store minio.archive'");
    for (String[] words :
        new String[][] {
          {"get", "s3://far/in/one", "x"},
          {"get", "s3://far/in/", "y"},
          {"put", "one", "s3://docs/d"}
        }) {
      List<String> all = new ArrayList<>(List.of(words));
      all.addAll(List.of("--store", "no.such"));
      assertThat(run(all.toArray(String[]::new))).isEqualTo(Exit.FAILED);
      assertThat(err()).contains("store no.such is not configured; see stores: in millrace.yaml");
    }
  }
}
