package dev.millrace.orch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may stand in a query, and that it is read. */
final class QueryNamesTest {
  private static final Pattern READ = Pattern.compile("\\b(?:query|flag)\\(\\s*\"(\\w+)\"");
  private static final Pattern TOLD =
      Pattern.compile("(?<!(?:query|flag|path)\\(\\s{0,40})\"(\\w+)\"(?=[,);\\s])");
  private static final Set<String> ALL =
      Set.of(
          "max",
          "cursor",
          "state",
          "function",
          "bucket",
          "key",
          "store",
          "before",
          "prefix",
          "delimiter",
          "object",
          "job",
          "from",
          "wait",
          "after",
          "force",
          "logs",
          "notices",
          "jobs",
          "trustClock",
          "progress");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stat|there is no parameter 'stat' here; did you mean 'state'? Known: state, max",
        "what|there is no parameter 'what' here. Known: state, max",
        "''|there is no parameter '' here.",
        "State|there is no parameter 'State' here"
      })
  void namesTheKnownOnes(String name, String said) {
    assertThatThrownBy(
            () -> QueryNames.check(Map.of(name, List.of("dead")), List.of("state", "max")))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining(said);
  }

  @Test
  void saysWhenThereAreNoneAndWhenOneComesTwice() {
    assertThatThrownBy(() -> QueryNames.check(Map.of("x".repeat(5000), List.of("")), List.of()))
        .hasMessageContaining("... None is known".substring(3))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(100));
    assertThatThrownBy(
            () -> QueryNames.check(Map.of("state", List.of("dead", "dead")), List.of("state")))
        .hasMessage("state is given 2 times: give it once, several states with a comma between");
    QueryNames.check(Map.of("state", List.of("")), List.of("state"));
  }

  @Test
  void whatARouteSaysThatItReadsIsReadInTheSameFileAndNothingElse() throws IOException {
    Path here = Path.of("src/main/java/dev/millrace/orch/api");
    Set<String> seen = new TreeSet<>();
    try (Stream<Path> files =
        Files.list(Files.exists(here) ? here : Path.of("orch-gpu").resolve(here))) {
      for (Path file :
          files.filter(f -> f.toString().matches(".*(Routes|EventFeed)\\.java")).toList()) {
        String text = Files.readString(file);
        Set<String> read = names(READ, text);
        read.addAll(text.contains("Pages.max(") ? Set.of("max") : Set.of());
        read.addAll(text.contains("Pages.from(") ? Set.of("cursor") : Set.of());
        assertThat(names(TOLD, text)).as(file.toString()).isEqualTo(read);
        seen.addAll(read);
      }
    }
    assertThat(seen).isEqualTo(new TreeSet<>(ALL));
  }

  private static Set<String> names(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .filter(ALL::contains)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
