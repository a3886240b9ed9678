package dev.millrace.orch.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.fdl.Nearest;
import dev.millrace.schema.json.MalformedJson;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a request's JSON must be, field by field, before it is made a record. */
final class RequestShape {
  private static final int SHOWN = 40;
  private static final String WHOLE = "the body";

  private RequestShape() {}

  /**
   * Puts null where a field that may be null was left out.
   *
   * @throws MalformedJson when a field is not as it must be; says which, and what it must be
   */
  static void complete(JsonNode tree, Class<? extends Record> type) throws MalformedJson {
    object(tree, type, "");
  }

  /** What is wanted, in a few words. */
  static String wanted(Class<? extends Record> type) {
    return Arrays.stream(type.getRecordComponents())
        .map(part -> part.getName() + " (" + words(part.getGenericType()) + ")")
        .collect(Collectors.joining(", ", "an object with ", ""));
  }

  private static void object(JsonNode node, Class<?> type, String path) throws MalformedJson {
    if (!(node instanceof ObjectNode object)) {
      throw wrong(path, type, node);
    }
    RecordComponent[] parts = type.getRecordComponents();
    refuseUnknown(object, Arrays.stream(parts).map(RecordComponent::getName).toList(), path);
    for (RecordComponent part : parts) {
      String name = part.getName();
      String place = path.isEmpty() ? name : path + "." + name;
      JsonNode value = object.get(name);
      if (part.getAnnotatedType().isAnnotationPresent(Nullable.class)
          && (value == null || value.isNull())) {
        object.putNull(name);
      } else if (value == null) {
        throw new MalformedJson(place + " is missing: it must be " + words(part.getGenericType()));
      } else {
        value(value, part.getGenericType(), place);
      }
    }
  }

  private static void value(JsonNode node, Type type, String path) throws MalformedJson {
    if (type instanceof Class<?> record && record.isRecord()) {
      object(node, record, path);
    } else if (type instanceof ParameterizedType many) {
      values(node, many, path);
    } else if (!fits(node, type)) {
      throw wrong(path, type, node);
    }
  }

  private static void values(JsonNode node, ParameterizedType type, String path)
      throws MalformedJson {
    boolean named = type.getRawType().equals(Map.class);
    if (named ? !node.isObject() : !node.isArray()) {
      throw wrong(path, type, node);
    }
    Type each = type.getActualTypeArguments()[named ? 1 : 0];
    for (int i = 0; !named && i < node.size(); i++) {
      value(node.get(i), each, path + "[" + i + "]");
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!isWhole(entry.getKey())) {
        throw new MalformedJson(path + " has a name with half a character in it");
      }
      value(entry.getValue(), each, path + "[\"" + shown(entry.getKey()) + "\"]");
    }
  }

  private static boolean fits(JsonNode node, Type type) {
    if (type.equals(String.class)) {
      return node.isTextual() && isWhole(node.textValue());
    }
    if (type.equals(Boolean.class)) {
      return node.isBoolean();
    }
    if (type.equals(Integer.class)) {
      return node.isIntegralNumber() && node.canConvertToInt();
    }
    if (type.equals(Instant.class) || type.equals(URI.class)) {
      return node.isTextual() && parses(node.textValue(), type);
    }
    throw new IllegalStateException("nothing is known of requests with " + type.getTypeName());
  }

  private static boolean parses(String text, Type type) {
    try {
      return type.equals(URI.class)
          ? URI.create(text).isAbsolute()
          : Instant.parse(text).isAfter(Instant.MIN);
    } catch (IllegalArgumentException | DateTimeParseException e) {
      return false;
    }
  }

  /** Escapes can name half of a pair, which no text can be written with. */
  private static boolean isWhole(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  private static String words(Type type) {
    if (type.equals(String.class)) {
      return "text";
    }
    if (type.equals(Boolean.class)) {
      return "true or false";
    }
    if (type.equals(Integer.class)) {
      return "a whole number up to " + Integer.MAX_VALUE;
    }
    if (type.equals(Instant.class)) {
      return "a time like 2027-01-01T00:00:00Z";
    }
    if (type.equals(URI.class)) {
      return "a URL like http://host:7070";
    }
    boolean list = type instanceof ParameterizedType many && many.getRawType().equals(List.class);
    return list ? "a list" : "an object";
  }

  private static MalformedJson wrong(String path, Type type, JsonNode found) {
    String sentence =
        (path.isEmpty() ? WHOLE : path) + " must be " + words(type) + ", found " + kind(found);
    return new MalformedJson(sentence);
  }

  /** What is there, without its value. */
  private static String kind(JsonNode found) {
    return switch (found.getNodeType()) {
      case NULL -> "null";
      case STRING -> isWhole(found.textValue()) ? "other text" : "half a character in it";
      case NUMBER -> found.isIntegralNumber() ? "another number" : "a number with a fraction";
      case BOOLEAN -> "true or false";
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      default -> "nothing";
    };
  }

  private static void refuseUnknown(ObjectNode object, List<String> known, String path)
      throws MalformedJson {
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw new MalformedJson(
            "there is no key '"
                + shown(name)
                + (path.isEmpty() ? "' here" : "' in " + path)
                + Nearest.to(name, known).map(near -> "; did you mean '" + near + "'?").orElse(".")
                + " Known: "
                + String.join(", ", known));
      }
    }
  }

  private static String shown(String name) {
    String begin = name.length() > SHOWN ? name.substring(0, SHOWN) + "..." : name;
    return new String(begin.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
