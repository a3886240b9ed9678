package dev.millrace.orch.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The drawings of docs/architecture are true. What this test prints when it fails is what belongs
 * on the page.
 */
final class ArchitectureDrawingTest {
  /** The wiring knows everyone: its edges would hide all others. */
  private static final Map<String, String> SILENT = Map.of("dev.millrace.orch", "up");

  @Test
  void everyEdgeIsDrawnAndNoOther() throws IOException {
    String page = Files.readString(House.root().resolve("docs/architecture/README.md"));

    assertThat(differences(Drawing.readAll(page), truth())).isEmpty();
  }

  @Test
  void findsAMissingEdgeAndAnExtraOne() {
    List<Drawing> truth = truth();
    Drawing orch = truth.stream().filter(d -> d.of().endsWith(".orch")).findFirst().orElseThrow();
    String removed = orch.text().replace("plan & ", "").replace(" & plan", "");
    String added = orch.text().replace("graph TD", "graph TD\n  plan --> journal");

    assertThat(removed).isNotEqualTo(orch.text());
    assertThat(differences(Drawing.readAll(removed), List.of(orch)))
        .contains("missing:\n", "dispatch --> plan")
        .doesNotContain("extra:\n  ");
    assertThat(differences(Drawing.readAll(added), List.of(orch)))
        .contains("extra:\n  plan --> journal")
        .doesNotContain("missing:\n  ");
  }

  @Test
  void findsADrawingThatIsMissingAndOneOfNothing() {
    List<Drawing> truth = truth();
    Drawing nowhere = new Drawing("dev.millrace.nowhere", Optional.empty(), new TreeMap<>());

    assertThat(differences(truth.subList(1, truth.size()), truth))
        .contains(truth.getFirst().of() + " is not drawn");
    assertThat(differences(List.of(nowhere), List.of())).contains("nowhere is drawn");
  }

  @Test
  void readsBackWhatItPrints() {
    String page = truth().stream().map(Drawing::text).collect(Collectors.joining("\n"));

    assertThat(Drawing.readAll(page)).isEqualTo(truth());
  }

  @Test
  void refusesALineThatItCannotRead() {
    String page = "<!-- drawing of dev.millrace -->\n```mermaid\ngraph TD\n  a --- b\n```\n";

    assertThatThrownBy(() -> Drawing.readAll(page)).hasMessageContaining("a --- b");
    assertThatThrownBy(() -> Drawing.readAll("<!-- drawing of dev.millrace -->\nnone"))
        .hasMessageContaining("1 drawings are announced, and 0 can be read");
  }

  /** Every package that holds two packages or more. */
  private static List<Drawing> truth() {
    Map<String, SortedSet<String>> children = new TreeMap<>();
    for (JavaClass type : House.classes()) {
      String name = type.getPackageName();
      while (!name.equals(House.BASE)) {
        String parent = name.substring(0, name.lastIndexOf('.'));
        children.computeIfAbsent(parent, p -> new TreeSet<>()).add(name);
        name = parent;
      }
    }
    return children.entrySet().stream()
        .filter(entry -> entry.getValue().size() > 1)
        .map(entry ->
            Drawing.of(
                entry.getKey(), Optional.ofNullable(SILENT.get(entry.getKey())), House.classes()))
        .toList();
  }

  private static String differences(List<Drawing> drawn, List<Drawing> truth) {
    Map<String, Drawing> rest =
        new TreeMap<>(drawn.stream().collect(Collectors.toMap(Drawing::of, Function.identity())));
    List<String> findings = new ArrayList<>();
    for (Drawing is : truth) {
      Drawing page = rest.remove(is.of());
      if (page == null) {
        findings.add(is.of() + " is not drawn; put\n\n" + is.text());
      } else if (!page.equals(is)) {
        findings.add(
            String.join(
                "\n",
                is.of() + " is drawn wrongly",
                "missing:",
                String.join("\n", is.beyond(page)),
                "extra:",
                String.join("\n", page.beyond(is)),
                "put",
                "",
                is.text()));
      }
    }
    rest.keySet().forEach(of -> findings.add(of + " is drawn and needs no drawing"));
    return String.join("\n", findings);
  }
}
