package dev.millrace.orch.document;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.sign.SignedBytes;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** JSON Schemas of records, as they are written and read: by reflection, with their Javadoc. */
final class RecordSchemas {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Set<Class<?>> TEXTS =
      Set.of(
          String.class,
          TenantId.class,
          FunctionName.class,
          JobId.class,
          RunId.class,
          ProviderId.class,
          PoolId.class,
          AcceleratorId.class,
          StoreId.class,
          VersionTag.class,
          SignedBytes.class);
  private static final Set<Class<?>> WHOLE =
      Set.of(int.class, long.class, Integer.class, Long.class, MemoryMib.class);

  private final RecordTexts texts;
  private final Set<Class<?>> asked;
  private final Map<String, ObjectNode> named = new TreeMap<>();

  /**
   * @param asked records that come in requests, where what may be null may be left out
   */
  RecordSchemas(RecordTexts texts, Set<Class<?>> asked) {
    this.texts = texts;
    this.asked = asked;
  }

  /** All that were asked for, and those that they are made of, by name. */
  Map<String, ObjectNode> named() {
    return named;
  }

  /** How a type is called, with the type that it lies in. */
  static String name(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    return outer == null ? type.getSimpleName() : name(outer) + "." + type.getSimpleName();
  }

  /** A reference to a record's schema. */
  ObjectNode reference(Class<?> type) {
    String name = name(type);
    if (!named.containsKey(name)) {
      ObjectNode schema = NODES.objectNode();
      named.put(name, schema);
      fill(schema, type);
    }
    return NODES.objectNode().put("$ref", "#/components/schemas/" + name);
  }

  private void fill(ObjectNode schema, Class<?> type) {
    RecordTexts.Text text = texts.of(type);
    schema.put("type", "object");
    if (!text.itself().isEmpty()) {
      schema.put("description", text.itself());
    }
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = NODES.arrayNode();
    for (RecordComponent component : type.getRecordComponents()) {
      ObjectNode property = schema(component.getAnnotatedType());
      String said = text.components().get(component.getName());
      if (said != null) {
        property.put("description", said);
      }
      properties.set(component.getName(), property);
      if (!asked.contains(type) || !isNullable(component.getAnnotatedType())) {
        required.add(component.getName());
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    schema.put("additionalProperties", false);
  }

  private static boolean isNullable(AnnotatedType type) {
    return type.isAnnotationPresent(Nullable.class);
  }

  private ObjectNode schema(AnnotatedType type) {
    ObjectNode plain = plain(type);
    if (!isNullable(type)) {
      return plain;
    }
    if (plain.has("$ref")) {
      ObjectNode either = NODES.objectNode();
      either.putArray("anyOf").add(plain).add(NODES.objectNode().put("type", "null"));
      return either;
    }
    String only = plain.get("type").asText();
    plain.putArray("type").add(only).add("null");
    if (plain.has("enum")) {
      ((ArrayNode) plain.get("enum")).addNull();
    }
    return plain;
  }

  private ObjectNode plain(AnnotatedType type) {
    if (type instanceof AnnotatedParameterizedType made) {
      AnnotatedType[] parts = made.getAnnotatedActualTypeArguments();
      Class<?> raw = (Class<?>) ((java.lang.reflect.ParameterizedType) type.getType()).getRawType();
      ObjectNode schema = NODES.objectNode();
      if (raw.equals(List.class)) {
        schema.put("type", "array").set("items", schema(parts[0]));
      } else if (raw.equals(Map.class)) {
        schema.put("type", "object").set("additionalProperties", schema(parts[1]));
      } else {
        throw new IllegalArgumentException("no schema is known for " + type);
      }
      return schema;
    }
    return plain((Class<?>) type.getType());
  }

  private ObjectNode plain(Class<?> type) {
    ObjectNode schema = NODES.objectNode();
    if (TEXTS.contains(type)) {
      return schema.put("type", "string");
    }
    if (WHOLE.contains(type)) {
      return schema.put("type", "integer");
    }
    if (type.equals(boolean.class) || type.equals(Boolean.class)) {
      return schema.put("type", "boolean");
    }
    if (type.equals(Instant.class)) {
      return schema.put("type", "string").put("format", "date-time");
    }
    if (type.equals(Duration.class)) {
      return schema.put("type", "string").put("format", "duration");
    }
    if (type.equals(URI.class)) {
      return schema.put("type", "string").put("format", "uri");
    }
    if (type.isEnum()) {
      ArrayNode values = schema.put("type", "string").putArray("enum");
      for (Object value : type.getEnumConstants()) {
        values.add(((Enum<?>) value).name());
      }
      return schema;
    }
    if (type.isRecord()) {
      return reference(type);
    }
    throw new IllegalArgumentException("no schema is known for " + type);
  }
}
