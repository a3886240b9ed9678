package dev.millrace.orch.house;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Edges between the packages that lie directly in one package, each with all that lies below it.
 * Types of the package itself are a node of their own, by the package's last name.
 *
 * @param of the package that is drawn
 * @param silent the node whose edges are left out, if any
 * @param edges who knows whom
 */
record Drawing(String of, Optional<String> silent, SortedMap<String, SortedSet<String>> edges) {
  private static final Pattern BLOCK =
      Pattern.compile(
          "<!-- drawing of ([a-z.]+?)(?:, without the edges of ([a-z]+))? -->\\s*"
              + "```mermaid\\n(.*?)```",
          Pattern.DOTALL);
  private static final Pattern ANY_MARK = Pattern.compile("<!-- drawing of ");
  private static final Pattern NODES = Pattern.compile("[a-z][a-z0-9]*(\\s*&\\s*[a-z][a-z0-9]*)*");

  /** Every drawing of a page. */
  static List<Drawing> readAll(String page) {
    List<Drawing> drawings = new ArrayList<>();
    Matcher block = BLOCK.matcher(page);
    while (block.find()) {
      drawings.add(
          new Drawing(block.group(1), Optional.ofNullable(block.group(2)), edges(block.group(3))));
    }
    long marks = ANY_MARK.matcher(page).results().count();
    if (marks != drawings.size()) {
      throw new IllegalArgumentException(
          marks + " drawings are announced, and " + drawings.size() + " can be read");
    }
    return drawings;
  }

  private static SortedMap<String, SortedSet<String>> edges(String lines) {
    SortedMap<String, SortedSet<String>> edges = new TreeMap<>();
    for (String line : lines.lines().map(String::strip).toList()) {
      if (line.isEmpty() || line.startsWith("graph ") || line.startsWith("%%")) {
        continue;
      }
      String[] ends = line.split("-->", -1);
      if (ends.length > 2 || !List.of(ends).stream().allMatch(e -> isNodes(e.strip()))) {
        throw new IllegalArgumentException("not `a --> b & c`: " + line);
      }
      if (ends.length == 2) {
        for (String from : ends[0].strip().split("\\s*&\\s*")) {
          edges.computeIfAbsent(from, f -> new TreeSet<>()).addAll(nodes(ends[1]));
        }
      }
    }
    return edges;
  }

  private static boolean isNodes(String text) {
    return NODES.matcher(text).matches();
  }

  private static List<String> nodes(String text) {
    return List.of(text.strip().split("\\s*&\\s*"));
  }

  /** What is true. */
  static Drawing of(String parent, Optional<String> silent, JavaClasses classes) {
    SortedMap<String, SortedSet<String>> edges = new TreeMap<>();
    for (JavaClass type : classes) {
      if (!House.within(type.getPackageName(), parent)) {
        continue;
      }
      String from = node(parent, type.getPackageName());
      House.knownTo(type)
          .map(JavaClass::getPackageName)
          .filter(name -> House.within(name, parent))
          .map(name -> node(parent, name))
          .filter(to -> !to.equals(from) && !silent.equals(Optional.of(from)))
          .forEach(to -> edges.computeIfAbsent(from, f -> new TreeSet<>()).add(to));
    }
    return new Drawing(parent, silent, edges);
  }

  private static String node(String parent, String name) {
    if (name.equals(parent)) {
      return parent.substring(parent.lastIndexOf('.') + 1);
    }
    String below = name.substring(parent.length() + 1);
    int dot = below.indexOf('.');
    return dot < 0 ? below : below.substring(0, dot);
  }

  /** Edges of this one that the other lacks, as they are written. */
  List<String> beyond(Drawing other) {
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, SortedSet<String>> edge : edges.entrySet()) {
      SortedSet<String> more = new TreeSet<>(edge.getValue());
      more.removeAll(other.edges().getOrDefault(edge.getKey(), new TreeSet<>()));
      if (!more.isEmpty()) {
        lines.add("  " + edge.getKey() + " --> " + String.join(" & ", more));
      }
    }
    return lines;
  }

  /** As it stands on a page. */
  String text() {
    StringBuilder text = new StringBuilder("<!-- drawing of " + of);
    silent.ifPresent(node -> text.append(", without the edges of ").append(node));
    text.append(" -->\n```mermaid\ngraph TD\n");
    edges.forEach((from, to) ->
        text.append("  ").append(from).append(" --> ").append(String.join(" & ", to)).append('\n'));
    return text.append("```\n").toString();
  }
}
