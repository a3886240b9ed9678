package dev.millrace.orch.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/configuration.md has the keys that the reader asks for, all of them and no others. */
final class ConfigurationPageTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ([^|]*) \\| [^|]* \\| ([^|]*) \\|$");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern MAP = Pattern.compile("^`\\{([^}]*)}`");

  /** With one of each part that is left out otherwise, so that all of its keys are asked for. */
  private static final String ALL =
      """
      store:
        endpoint: http://127.0.0.1:1
        access_key_file: a
        secret_key_file: b
        tls: {certificate: c, key: d}
      journal: {postgres: "jdbc:postgresql://h/d", password_file: p}
      stores:
        minio.default: {endpoint: "http://127.0.0.1:2", access_key_file: e, secret_key_file: f}
      provider:
        cdi: [{name: acme.com/gpu=0}]
        simulated: [{}]
      """;

  @Test
  void thePageHasTheKeysThatAreAskedForAndNoOthers() throws Exception {
    Set<String> asked = asked();

    assertThat(written()).isEqualTo(asked).hasSizeGreaterThan(60);
  }

  /** As variables of the environment, which may override each of them. */
  private static Set<String> asked() throws IOException {
    Set<String> asked = new TreeSet<>();
    new ConfigReader(
            variable -> {
              asked.add(variable);
              return null;
            })
        .read("millrace.yaml", ALL, Path.of("."));
    // The engine's own variable, and a part that is there or not.
    asked.removeAll(Set.of("DOCKER_HOST", "MILLRACE_STORE_TLS"));
    return asked;
  }

  private static Set<String> written() throws IOException {
    Path here = Path.of("").toAbsolutePath();
    Path root = Files.exists(here.resolve("docs")) ? here : here.getParent();
    String page = Files.readString(root.resolve("docs/configuration.md"));
    return ROW.matcher(page)
        .results()
        .flatMap(row -> CODE.matcher(row.group(1)).results().flatMap(key -> keys(key, row)))
        .map(key -> "MILLRACE_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The key itself; where its meaning begins with a map, the keys of that. */
  private static Stream<String> keys(MatchResult code, MatchResult row) {
    String key = code.group(1).replace("<type.id>", "minio.default").replace("[]", "[0]");
    return MAP.matcher(row.group(2))
        .results()
        .findFirst()
        .map(map -> Arrays.stream(map.group(1).split(",\\s*")).map(part -> key + "." + name(part)))
        .orElseGet(() -> Stream.of(key));
  }

  private static String name(String part) {
    return part.split(":", 2)[0].strip();
  }
}
