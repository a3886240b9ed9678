package dev.millrace.orch.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages know each other: each link leads somewhere, and each page is linked from the index. */
final class DocsTest {
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern ELSEWHERE = Pattern.compile("[a-z][a-z0-9+.-]*:.*");

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      for (String link : links(Files.readString(page))) {
        if (!ELSEWHERE.matcher(link).matches() && !leads(page, link)) {
          broken.add(House.root().relativize(page) + " links to " + link);
        }
      }
    }

    assertThat(broken).isEmpty();
  }

  @Test
  void everyPageIsInTheIndex() throws IOException {
    Path docs = House.root().resolve("docs");
    List<String> index = links(Files.readString(docs.resolve("README.md")));
    try (Stream<Path> files = Files.list(docs)) {
      List<String> pages =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".md") && !name.equals("README.md"))
              .toList();

      assertThat(index).containsAll(pages);
    }
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(House.root().resolve("docs"));
        Stream<Path> samples = Files.walk(House.root().resolve("samples"), 2);
        Stream<Path> top = Files.list(House.root())) {
      return Stream.of(docs, samples, top)
          .flatMap(each -> each)
          .filter(file -> file.toString().endsWith(".md"))
          .toList();
    }
  }

  private static List<String> links(String page) {
    return LINK.matcher(page.replaceAll("(?s)```.*?```", ""))
        .results()
        .map(m -> m.group(1))
        .toList();
  }

  private static boolean leads(Path page, String link) throws IOException {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path target =
        file.isEmpty()
            ? page
            : page.resolveSibling(URLDecoder.decode(file, StandardCharsets.UTF_8)).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return hash < 0 || anchors(Files.readString(target)).contains(link.substring(hash + 1));
  }

  /** As the sites that show Markdown make them of headings. */
  private static List<String> anchors(String page) {
    Matcher heading = Pattern.compile("(?m)^#{1,6} (.*)$").matcher(page);
    return heading
        .results()
        .map(m -> m.group(1).toLowerCase(Locale.ROOT))
        .map(text -> text.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }
}
