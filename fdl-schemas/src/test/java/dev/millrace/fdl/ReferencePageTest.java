package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The pages and the reader say the same. {@code -Dmillrace.docs=write} writes the generated page
 * and the schema's copy anew.
 */
class ReferencePageTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Path PAGE = DOCS.resolve("fdl.md");
  private static final Path REFERENCE = DOCS.resolve("fdl-reference.md");

  @BeforeAll
  static void writeAnewWhenAsked() throws IOException {
    if (System.getProperty("millrace.docs", "").equals("write")) {
      Files.writeString(REFERENCE, SchemaPage.text());
      Files.writeString(DOCS.resolve("fdl.schema.json"), FdlSchema.text());
    }
  }

  @Test
  void theReferenceIsWhatTheSchemaSays() throws IOException {
    boolean same = Files.readString(REFERENCE).equals(SchemaPage.text());

    assertThat(same).as("docs/fdl-reference.md; -Dmillrace.docs=write writes it anew").isTrue();
  }

  @Test
  void everyKeyThatIsNotHonouredIsCalledSoInTheReference() throws IOException {
    String page = Files.readString(REFERENCE);

    assertThat(OscarKeys.unhonoured())
        .allSatisfy(key ->
            assertThat(page)
                .contains("| `" + key + "` |  |  | Not honoured: " + OscarKeys.reason(key)));
  }

  @Test
  void theExplainingPageRefersToTablesThatAreThere() throws IOException {
    Matcher link =
        Pattern.compile("\\(fdl-reference\\.md#([a-z]+)\\)").matcher(Files.readString(PAGE));
    List<String> titles =
        Files.readString(REFERENCE)
            .lines()
            .filter(l -> l.startsWith("## "))
            .map(l -> l.substring(3).toLowerCase(Locale.ROOT).replaceAll("[^a-z_-]", ""))
            .toList();
    List<String> linked = link.results().map(r -> r.group(1)).toList();

    assertThat(linked).hasSizeGreaterThan(3).allSatisfy(l -> assertThat(titles).contains(l));
  }

  @Test
  void theExampleAtTheTopIsReadWithoutAProblem() throws IOException {
    String page = Files.readString(PAGE);
    int from = page.indexOf("```yaml\n") + 8;
    String example = page.substring(from, page.indexOf("```", from));
    FdlResult result = Fdl.read(example.replace("align.sh", "script.sh"));

    assertThat(result.problems()).isEmpty();
    assertThat(result.functions()).hasSize(1);
  }
}
