package dev.millrace.fdl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** The reference page: the JSON Schema as tables for people. */
final class SchemaPage {
  private static final String HEAD =
      """
      # FDL reference

      Every key of a file of functions. This page is written from the JSON Schema ([fdl.schema.json](fdl.schema.json), `millrace validate --schema`), which the build compares with the reader; what the keys do together is explained in [fdl.md](fdl.md).

      A key in bold must be there. Whole numbers are decimal, flags are `true`, `yes`, `on` or `false`, `no`, `off`; a value that is empty, `~` or `null` counts as not given. Words are taken in any case by `functions.millrace`; the schema, and so an editor, asks for the case shown here.
      """;

  private final StringBuilder page = new StringBuilder(HEAD);

  private SchemaPage() {}

  static String text() {
    SchemaPage p = new SchemaPage();
    p.table("The file", SchemaKeys.ROOT);
    p.table("`functions`", SchemaKeys.ROOT.at("/properties/functions"));
    p.define("`functions.millrace[]`", "millrace");
    p.define("`functions.millrace[].accelerator`", "accelerator");
    p.define("`functions.millrace[].environment`", "environment");
    p.define("`functions.millrace[].retry`", "retry");
    p.define("`functions.millrace[].price`", "price");
    p.define("`functions.millrace[].input[]`", "input");
    p.define("`functions.millrace[].output[]`", "output");
    p.define("`functions.oscar[]`", "oscarService");
    p.define("`functions.oscar[].environment`", "oscarService", "environment");
    p.define("`functions.oscar[].input[]`", "oscarInput");
    p.define("`functions.oscar[].output[]`", "oscarOutput");
    p.define("`functions.aws[]`", "aws");
    p.define("`functions.aws[].lambda`", "lambda");
    p.define("`functions.aws[].lambda.container`", "container");
    p.define("`functions.aws[].lambda.container.environment`", "container", "environment");
    p.define("`functions.aws[].lambda.input[]`", "awsInput");
    p.define("`functions.aws[].lambda.output[]`", "awsOutput");
    p.define("`functions.aws[].batch`", "batch");
    p.define("`storage_providers.<type>.<id>`", "store");
    return p.page.toString();
  }

  private void define(String title, String name, String... below) {
    JsonNode node = SchemaKeys.ROOT.at("/$defs/" + name);
    for (String key : below) {
      node = node.get("properties").get(key);
    }
    table(title, node);
  }

  private void table(String title, JsonNode node) {
    page.append("\n## ").append(title).append("\n\n");
    page.append(node.path("description").asText()).append("\n\n");
    List<String> required = texts(node.path("required"));
    page.append("| key | type | default | meaning |\n|---|---|---|---|\n");
    node.path("properties")
        .properties()
        .forEach(e -> {
          JsonNode value = e.getValue();
          String key = "`" + e.getKey() + "`";
          row(
              required.contains(e.getKey()) ? "**" + key + "**" : key,
              type(value),
              value.has("default") ? "`" + value.get("default").asText() + "`" : "",
              value.path("description").asText());
        });
  }

  private void row(String... cells) {
    page.append("| ").append(String.join(" | ", cells).replace("\n", " ")).append(" |\n");
  }

  private static String type(JsonNode node) {
    if (node.has("x-millrace") && !node.has("properties")) {
      return "";
    }
    if (node.has("enum")) {
      return words(node.get("enum"));
    }
    if (node.has("anyOf")) {
      List<String> types = new ArrayList<>();
      node.get("anyOf").forEach(each -> types.add(type(each)));
      return String.join(", or ", types.stream().filter(t -> !t.isEmpty()).distinct().toList());
    }
    if (node.has("$ref")) {
      return named(node.get("$ref").asText().substring("#/$defs/".length()));
    }
    if (node.has("minimum") && node.path("type").toString().contains("integer")) {
      return "whole number, "
          + node.get("minimum").asText()
          + " to "
          + node.get("maximum").asText();
    }
    String types = node.path("type").toString();
    if (types.contains("array")) {
      JsonNode items = node.get("items");
      return items.has("$ref") ? "list of maps" : "list of " + type(items) + "s";
    }
    if (types.contains("object")) {
      return "map";
    }
    return types.contains("boolean") || types.equals("\"string\"") ? "text" : amount(types);
  }

  private static String amount(String types) {
    return types.contains("number") ? "number" : types.contains("null") ? "" : "any";
  }

  private static String named(String definition) {
    return switch (definition) {
      case "memory", "flag" -> definition;
      case "cores" -> "cores";
      case "period", "delay" -> "duration";
      case "variables", "labels" -> "map of texts";
      case "texts" -> "text, or list of texts";
      case "name", "image" -> "text";
      default -> "map";
    };
  }

  private static String words(JsonNode words) {
    return String.join(
        ", ",
        texts(words).stream().filter(w -> !w.equals("null")).map(w -> "`" + w + "`").toList());
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }
}
