package dev.millrace.schema.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Records to JSON and back. Names of one component are plain strings, durations and instants are
 * ISO 8601, sealed types carry their simple name as {@code type}. Unknown fields are ignored, so
 * that a newer writer can be read; duplicates, trailing text and missing components are refused.
 */
public final class Json {
  private static final JsonMapper MAPPER = mapper();

  private Json() {}

  private static JsonMapper mapper() {
    JsonMapper.Builder builder =
        JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .defaultPropertyInclusion(
                JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS))
            .addModule(Scalars.module());
    for (Class<?> sealed : Sealed.TYPES) {
      builder.addMixIn(sealed, Tagged.class);
      builder.registerSubtypes(sealed.getPermittedSubclasses());
    }
    JsonMapper mapper = builder.build();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(64)
                .maxStringLength(16 * 1024 * 1024)
                .build());
    return mapper;
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type")
  private interface Tagged {}

  /** UTF-8 bytes of a value. */
  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + value.getClass() + " as JSON", e);
    }
  }

  /** A value as text on one line. */
  public static String text(Object value) {
    return new String(bytes(value), StandardCharsets.UTF_8);
  }

  /** A value as indented text for people. */
  public static String pretty(Object value) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + value.getClass() + " as JSON", e);
    }
  }

  /**
   * Reads a value.
   *
   * @throws MalformedJson when the text is not JSON, or not of that shape
   */
  public static <T> T read(byte[] json, Class<T> type) throws MalformedJson {
    return read(json, MAPPER.constructType(type));
  }

  /**
   * Reads a value.
   *
   * @throws MalformedJson when the text is not JSON, or not of that shape
   */
  public static <T> T read(String json, Class<T> type) throws MalformedJson {
    return read(json.getBytes(StandardCharsets.UTF_8), type);
  }

  /**
   * Reads an array.
   *
   * @throws MalformedJson when the text is not JSON, or not of that shape
   */
  public static <T> List<T> readList(byte[] json, Class<T> type) throws MalformedJson {
    return read(json, MAPPER.getTypeFactory().constructCollectionType(List.class, type));
  }

  /**
   * Reads a tree, for shapes that others define.
   *
   * @throws MalformedJson when the text is not JSON
   */
  public static JsonNode tree(byte[] json) throws MalformedJson {
    return read(json, JsonNode.class);
  }

  private static <T> T read(byte[] json, JavaType type) throws MalformedJson {
    try {
      T value = MAPPER.readValue(json, type);
      if (value == null) {
        throw new MalformedJson("found null where a value is wanted");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new MalformedJson(Misread.said(e));
    } catch (java.io.IOException e) {
      throw new MalformedJson(String.valueOf(e.getMessage()));
    }
  }
}
