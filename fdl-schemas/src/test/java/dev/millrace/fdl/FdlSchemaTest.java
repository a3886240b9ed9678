package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The JSON Schema and the reader say the same of a file. */
class FdlSchemaTest {
  private static final Path DOCS = Path.of("..", "docs");
  static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(FdlSchema.text());

  /** What a curious mind puts behind any key. */
  private static final List<JsonNode> ANYTHING =
      Stream.of(
              "null",
              "true",
              "\"zz\"",
              "-1",
              "0",
              "1",
              "1.5",
              "70",
              "5000000000",
              "\"5\"",
              "[]",
              "[\"a\"]",
              "[[]]",
              "{}",
              "{\"zz\": \"x\"}",
              "[{\"zz\": \"x\"}]",
              "\"onedata.x\"")
          .map(SchemaKeys::parsed)
          .toList();

  private static final Set<Asked> READERS = readersKeys();

  private record Asked(String place, String key) {}

  @Test
  void theCopyInTheDocsIsTheSame() throws IOException {
    boolean same = Files.readString(DOCS.resolve("fdl.schema.json")).equals(FdlSchema.text());

    assertThat(same).as("docs/fdl.schema.json; -Dmillrace.docs=write writes it anew").isTrue();
  }

  @Test
  void everyKeyThatTheReaderAsksForIsInTheSchema() {
    List<String> unknown =
        READERS.stream()
            .filter(a -> SchemaKeys.at(a.place(), a.key()).isEmpty())
            .map(a -> a.place() + "." + a.key())
            .toList();

    assertThat(unknown).isEmpty();
  }

  @Test
  void everyKeyOfTheSchemaIsAskedForByTheReader() {
    List<String> idle =
        SchemaKeys.all().stream()
            .filter(k -> !READERS.contains(new Asked(k.place(), k.key())))
            .map(SchemaKeys::path)
            .toList();

    assertThat(SchemaKeys.all()).hasSizeGreaterThan(150);
    assertThat(idle).isEmpty();
  }

  @Test
  void everyKeyHasADescription() {
    assertThat(SchemaKeys.all())
        .allSatisfy(
            k -> assertThat(k.schema().path("description").asText()).as(k.path()).isNotEmpty());
  }

  @Test
  void everyRangeEndsInTheReaderWhereItEndsInTheSchema() {
    int edges = 0;
    for (SchemaKeys key : SchemaKeys.all()) {
      for (JsonNode node : SchemaKeys.maps(key.schema())) {
        for (Edge edge : Edge.of(node)) {
          edges++;
          assertThat(refused(key, edge.inside())).as(key.path() + " " + edge).isFalse();
          assertThat(refused(key, edge.outside())).as(key.path() + " " + edge).isTrue();
        }
      }
    }

    assertThat(edges).isGreaterThan(40);
  }

  @Test
  void everyWordOfAnEnumIsTakenAndAnotherIsRefused() {
    int words = 0;
    for (SchemaKeys key : SchemaKeys.all()) {
      for (JsonNode node : SchemaKeys.maps(key.schema())) {
        for (JsonNode word : node.path("enum")) {
          words++;
          assertThat(refused(key, word)).as(key.path() + " " + word).isFalse();
        }
        if (node.has("enum")) {
          assertThat(refused(key, SchemaKeys.parsed("\"zz\""))).as(key.path()).isTrue();
        }
      }
    }

    assertThat(words).isGreaterThan(40);
  }

  @Test
  void everyDefaultIsWhatTheReaderTakesAnyway() {
    FdlResult plain = read(new SchemaDocument());
    int defaults = 0;
    for (SchemaKeys key : SchemaKeys.all()) {
      if (key.schema().has("default")) {
        defaults++;
        JsonNode value = key.schema().get("default");
        assertThat(read(SchemaDocument.with(key.place(), key.key(), value)).functions())
            .as(key.path())
            .isEqualTo(plain.functions());
      }
    }

    assertThat(plain.functions()).hasSize(4);
    assertThat(defaults).isGreaterThan(20);
  }

  @Test
  void whateverIsPutAtAKeyTheSchemaAndTheReaderAgree() {
    List<String> differences = new ArrayList<>();
    int documents = 0;
    for (SchemaKeys key : SchemaKeys.all()) {
      for (JsonNode value : ANYTHING) {
        if (comparable(key, value)) {
          SchemaDocument document = SchemaDocument.with(key.place(), key.key(), value);
          Set<ValidationMessage> says = SCHEMA.validate(document.json());
          List<Problem> errors = read(document).errors();
          documents++;
          if (says.isEmpty() != errors.isEmpty()) {
            differences.add(key.path() + ": " + value + " schema " + says + " reader " + errors);
          }
        }
      }
    }

    System.out.println("FdlSchemaTest: schema and reader agree on " + documents + " documents");
    assertThat(differences).isEmpty();
    assertThat(documents).isGreaterThan(1_000);
  }

  /** What JSON Schema cannot say: a number that is meant as text, a text that is a small number. */
  private static boolean comparable(SchemaKeys key, JsonNode value) {
    boolean patterned =
        SchemaKeys.maps(key.schema()).stream()
            .anyMatch(n -> n.has("pattern") && n.path("type").toString().contains("boolean"));
    boolean bytes =
        SchemaKeys.maps(key.schema()).stream().anyMatch(n -> n.path("minimum").asLong() > 70);
    return key.isHonoured()
        && !(patterned && (value.isNumber() || value.isBoolean()))
        && !(bytes && value.isTextual());
  }

  @Test
  void samplesAndExamplesAreValid() throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(Path.of("..", "samples"))) {
      all.filter(p -> p.toString().endsWith("function.yaml")).forEach(files::add);
    }
    for (Path file : files) {
      assertThat(SCHEMA.validate(new YAMLMapper().readTree(file.toFile())))
          .as("%s", file)
          .isEmpty();
    }

    assertThat(files).isNotEmpty();
  }

  private static boolean refused(SchemaKeys key, JsonNode value) {
    return read(SchemaDocument.with(key.place(), key.key(), value)).errors().stream()
        .anyMatch(p -> p.path().equals(key.path()));
  }

  private static FdlResult read(SchemaDocument document) {
    return FdlReader.read("fn.yaml", document.bytes(), Fdl.PATHS);
  }

  /** Every key that the reader asks for anywhere, found by putting maps and lists behind each. */
  private static Set<Asked> readersKeys() {
    Set<Asked> found = new HashSet<>();
    Deque<Asked> next = new ArrayDeque<>();
    ask(new SchemaDocument(), found, next);
    while (!next.isEmpty()) {
      Asked at = next.remove();
      for (JsonNode value : ANYTHING) {
        ask(SchemaDocument.with(at.place(), at.key(), value), found, next);
      }
    }
    return found;
  }

  private static void ask(SchemaDocument document, Set<Asked> found, Deque<Asked> next) {
    Problems problems =
        new Problems(
            "fn.yaml",
            (place, key) -> {
              Asked asked = new Asked(place, key);
              boolean made = key.equals("zz") || place.contains("zz");
              if (!made && found.add(asked)) {
                next.add(asked);
              }
            });
    FdlReader.read(problems, document.bytes(), Fdl.PATHS);
  }

  /** A range's end: the last value inside and one outside of it. */
  private record Edge(JsonNode inside, JsonNode outside) {
    static List<Edge> of(JsonNode node) {
      List<Edge> edges = new ArrayList<>();
      if (node.has("minimum")) {
        BigDecimal min = node.get("minimum").decimalValue();
        edges.add(edge(min, min.subtract(BigDecimal.ONE)));
      }
      if (node.has("exclusiveMinimum")) {
        edges.add(edge(new BigDecimal("0.001"), node.get("exclusiveMinimum").decimalValue()));
      }
      if (node.has("maximum")) {
        BigDecimal max = node.get("maximum").decimalValue();
        edges.add(edge(max, max.add(BigDecimal.ONE)));
      }
      if (node.has("maxLength")) {
        String text = "x".repeat(node.get("maxLength").asInt());
        edges.add(
            new Edge(SchemaKeys.JSON.valueToTree(text), SchemaKeys.JSON.valueToTree(text + "x")));
      }
      if (node.has("maxItems")) {
        boolean rules = node.get("items").has("$ref");
        JsonNode item = SchemaKeys.parsed(rules ? "{\"path\": \"zzz\"}" : "\"a\"");
        List<JsonNode> items = Collections.nCopies(node.get("maxItems").asInt(), item);
        List<JsonNode> more = Collections.nCopies(items.size() + 1, item);
        edges.add(new Edge(SchemaKeys.JSON.valueToTree(items), SchemaKeys.JSON.valueToTree(more)));
      }
      return edges;
    }

    private static Edge edge(BigDecimal inside, BigDecimal outside) {
      return new Edge(SchemaKeys.parsed(inside.toString()), SchemaKeys.parsed(outside.toString()));
    }
  }
}
