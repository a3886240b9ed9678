package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The reference page and the reader say the same. */
class ReferencePageTest {
  private static final Path PAGE = Path.of("..", "docs", "fdl.md");

  @Test
  void everyKeyOfOscarThatIsNotHonouredIsNamed() throws IOException {
    String oscar = part("## `functions.oscar[]`", "## `functions.aws[]`");

    assertThat(OscarKeys.unhonoured()).allSatisfy(key -> assertThat(oscar).contains("`" + key));
  }

  @Test
  void everyMillraceKeyThatThePageNamesIsKnownToTheReader() throws IOException {
    String millrace = part("## `functions.millrace[]`", "**Memory**");
    Matcher row = Pattern.compile("(?m)^\\| `([a-z_]+)").matcher(millrace);
    int rows = 0;
    while (row.find()) {
      rows++;
      FdlResult result = Fdl.read("functions: {millrace: [{" + row.group(1) + ": {x: y}}]}");
      assertThat(Fdl.texts(result)).noneMatch(t -> t.contains(row.group(1) + ": unknown key"));
    }

    assertThat(rows).isGreaterThan(20);
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

  private static String part(String from, String to) throws IOException {
    String page = Files.readString(PAGE);
    return page.substring(page.indexOf(from), page.indexOf(to));
  }
}
