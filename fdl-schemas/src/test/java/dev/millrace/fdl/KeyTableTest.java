package dev.millrace.fdl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What becomes of each key that OSCAR and SCAR have, one by one: honoured (the functions change),
 * dropped (nothing does, and nothing is said), warned of by name, warned of and honoured as far as
 * it can be, warned of at the map that it stands in, or refused.
 */
class KeyTableTest {
  private static final FdlResult PLAIN = read(new SchemaDocument());
  private static final List<String> USUAL = said(PLAIN);

  /** A row of the table; the value is JSON. */
  record Row(String place, String key, String value, String outcome, String says) {
    static Row of(String line) {
      String[] cells = line.split("\t", -1);
      return new Row(cells[0], cells[1], cells[2], cells[3], cells[4]);
    }

    String path() {
      return place.isEmpty() ? key : place + "." + key;
    }
  }

  static List<Row> rows() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(KeyTableTest.class.getResourceAsStream("keys.tsv"))) {
      return new String(in.readAllBytes(), UTF_8).lines().skip(1).map(Row::of).toList();
    }
  }

  private static FdlResult read(SchemaDocument document) {
    return FdlReader.read("fn.yaml", document.bytes(), Fdl.PATHS);
  }

  private static List<String> said(FdlResult result) {
    return result.problems().stream()
        .map(p -> p.severity() + " " + p.path() + ": " + p.finding())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aKeyComesOutAsTheTableSays(Row row) {
    FdlResult result =
        read(SchemaDocument.with(row.place(), row.key(), SchemaKeys.parsed(row.value())));
    List<String> fresh = new ArrayList<>(said(result));
    USUAL.forEach(fresh::remove);
    boolean same = result.functions().equals(PLAIN.functions());

    switch (row.outcome()) {
      case "honoured" -> {
        assertThat(fresh).isEmpty();
        assertThat(same).isFalse();
        assertThat(result.functions().toString().replace("\n", "\\n")).contains(row.says());
      }
      case "dropped" -> {
        assertThat(fresh).isEmpty();
        assertThat(same).isTrue();
      }
      case "warned" -> {
        assertThat(same || row.key().equals("log_level")).isTrue();
        assertThat(fresh)
            .singleElement()
            .asString()
            .startsWith("WARNING " + row.path() + ": ")
            .contains(row.says());
      }
      case "warned-honoured" -> {
        assertThat(same).isFalse();
        assertThat(fresh).singleElement().asString().startsWith("WARNING ").contains(row.says());
      }
      case "warned-above" -> {
        assertThat(same).isTrue();
        assertThat(fresh)
            .singleElement()
            .asString()
            .startsWith("WARNING " + row.place() + ": ")
            .contains(row.says())
            .doesNotContain("v4lue");
      }
      case "refused" -> {
        assertThat(result.functions()).hasSize(PLAIN.functions().size() - 1);
        assertThat(fresh)
            .anySatisfy(f ->
                assertThat(f).startsWith("ERROR " + row.place()).contains(row.key(), row.says()));
      }
      default -> throw new IllegalArgumentException(row.outcome());
    }
  }

  @Test
  void theTableHasEveryKeyOfTheSchemaForTheOtherLanguages() throws IOException {
    List<String> inTable = rows().stream().map(r -> generic(r.path())).toList();
    Stream<String> keys =
        SchemaKeys.all().stream()
            .map(SchemaKeys::path)
            .filter(p -> p.startsWith("functions.oscar[0].") || p.startsWith("functions.aws[0]."))
            .map(KeyTableTest::generic)
            .distinct();

    assertThat(keys.filter(k -> !inTable.contains(k)).filter(k -> !isBehindAnother(k))).isEmpty();
  }

  private static String generic(String path) {
    return path.replaceAll("\\[\\d+]", "");
  }

  /** Maps whose keys have rows of their own, and rules, which the rows of OSCAR's stand for. */
  private static boolean isBehindAnother(String key) {
    return key.matches(".*\\.(lambda|container|environment|enabled)")
        || key.matches("functions.aws.lambda.(input|output)\\..*")
        || key.matches("functions.oscar.(input\\.(prefix|suffix)|output\\.path)")
        || key.startsWith("functions.oscar.storage_providers.any");
  }
}
