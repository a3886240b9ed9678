package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlacesTest {
  @TempDir private Path folder;

  private static String why(Places.Place place) {
    return switch (place) {
      case Places.Place.Nowhere(String why) -> why;
      case Places.Place.Here(Path file) -> "";
    };
  }

  @Test
  void theFirstOfTwoNamesHasThePlaceWhereCaseIsNotToldApart() {
    Places places = new Places(folder, true);

    assertThat(places.of("A/Read me"))
        .isEqualTo(new Places.Place.Here(folder.resolve("A/Read me")));
    assertThat(why(places.of("a/READ ME"))).contains("takes its name for that of another key");
    assertThat(why(places.of("A/Read me "))).isEmpty();
    assertThat(why(places.of("caf\u00e9"))).isEmpty();
    assertThat(why(places.of("CAFE\u0301"))).contains("another key");
  }

  @Test
  void bothHaveAPlaceWhereCaseIsToldApart() {
    Places places = new Places(folder, false);

    assertThat(why(places.of("A"))).isEmpty();
    assertThat(why(places.of("a"))).isEmpty();
  }

  @Test
  void findsOutWhatTheFolderDoesAndLeavesNothingThere() throws IOException {
    Places places = Places.in(folder);
    Files.createFile(folder.resolve("Ab"));
    boolean folds = Files.exists(folder.resolve("aB"));

    assertThat(why(places.of("x"))).isEmpty();
    assertThat(why(places.of("X")).isEmpty()).isEqualTo(!folds);
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a//b", "/a", "a/", "../x", "a/../../x", "a/./b", "\0"})
  void noKeyLeadsOutOfTheFolderOrToNoName(String rest) {
    assertThat(why(new Places(folder, false).of(rest))).isNotEmpty();
  }

  @Test
  void aNameHasThe255BytesOfTheFileSystemAndNoMore() {
    Places places = new Places(folder, false);

    assertThat(why(places.of("n".repeat(255)))).isEmpty();
    assertThat(why(places.of("n".repeat(1000)))).contains("longer than this file system takes");
    assertThat(why(places.of("n".repeat(1000) + "/x"))).contains("longer");
    assertThat(why(places.of("a/b/" + "n".repeat(1000)))).contains("longer");
  }

  @Test
  void aFileAndAFolderOfOneNameAreInEachOthersWay() throws IOException {
    Files.createDirectories(folder.resolve("d/inner"));
    Files.createFile(folder.resolve("f"));
    Places places = new Places(folder, false);

    assertThat(why(places.of("d"))).contains("a folder has its name");
    assertThat(why(places.of("f/x/y"))).contains("a file lies where its folder would be");
    assertThat(why(places.of("f"))).isEmpty();
  }
}
