package dev.millrace.orch.document;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the Javadoc of records says of them and of their components, read from the sources. */
public final class RecordTexts {
  private static final Pattern RECORD =
      Pattern.compile(
          "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(?:@\\w+(?:\\([^)]*\\))?\\s*)*(?:public |static |private )*"
              + "record (\\w+)",
          Pattern.DOTALL);
  private static final Pattern PARAMETER = Pattern.compile("@param (\\w+) ([^@]*)");

  private final Path root;
  private final Map<String, Text> texts = new HashMap<>();

  /**
   * @param root of the checkout
   */
  public RecordTexts(Path root) {
    this.root = root;
  }

  /** What is said of one record. */
  record Text(String itself, Map<String, String> components) {}

  Text of(Class<?> type) {
    Class<?> top = type;
    while (top.getEnclosingClass() != null) {
      top = top.getEnclosingClass();
    }
    String file = top.getName().replace('.', '/') + ".java";
    return texts.computeIfAbsent(file + "#" + type.getSimpleName(), key -> read(file, type));
  }

  private Text read(String file, Class<?> type) {
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.sorted().toList()) {
        Path source = module.resolve("src/main/java").resolve(file);
        if (Files.exists(source)) {
          return find(Files.readString(source), type.getSimpleName());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("no source of " + type);
  }

  private static Text find(String source, String name) {
    Matcher matcher = RECORD.matcher(source);
    while (matcher.find()) {
      if (matcher.group(2).equals(name)) {
        return text(matcher.group(1));
      }
    }
    return new Text("", Map.of());
  }

  private static Text text(String comment) {
    String plain =
        comment
            .replaceAll("(?m)^\\s*\\*", "")
            .replaceAll("\\{@code (\\{\\w+\\}|[^}]*)\\}", "`$1`")
            .replaceAll("\\{@link #?([^} ]*)[^}]*\\}", "$1")
            .replaceAll("</?\\w+>", "")
            .replaceAll("\\s+", " ")
            .strip();
    Map<String, String> components = new HashMap<>();
    Matcher matcher = PARAMETER.matcher(plain);
    while (matcher.find()) {
      components.put(matcher.group(1), sentence(matcher.group(2)));
    }
    int first = plain.indexOf("@param");
    return new Text(sentence(first < 0 ? plain : plain.substring(0, first)), components);
  }

  private static String sentence(String text) {
    String bare = text.strip();
    return bare.isEmpty() ? bare : Character.toUpperCase(bare.charAt(0)) + bare.substring(1);
  }
}
