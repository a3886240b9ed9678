package dev.millrace.schema.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a text, for people who wrote it: where, and what is wanted there. How this
 * program reads it is none of their business.
 */
final class Misread {
  private static final Pattern MISSING = Pattern.compile("^Missing .*property '([^']*)'");
  private static final Pattern NAME = Pattern.compile("[a-z][A-Za-z]*");
  private static final Pattern INNARDS =
      Pattern.compile(",? from `[^`]*`| \\((?:for|start marker at) .*| at \\[.*|\\n.*");

  private Misread() {}

  static String said(JsonProcessingException e) {
    return place(e) + (e instanceof JsonMappingException of ? mapping(of) : bare(e));
  }

  /** A line and column of the text, or a field of the value. */
  private static String place(JsonProcessingException e) {
    if (e instanceof JsonMappingException mapping) {
      String path = mapping.getPath().stream().map(Misread::step).collect(Collectors.joining("/"));
      return path.isEmpty() ? "" : "at " + path + ": ";
    }
    JsonLocation at = e.getLocation();
    return at == null || at.getLineNr() < 1
        ? ""
        : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
  }

  private static String step(JsonMappingException.Reference step) {
    String name = step.getFieldName();
    return name == null ? Integer.toString(step.getIndex()) : name;
  }

  private static String mapping(JsonMappingException e) {
    Matcher missing = MISSING.matcher(String.valueOf(e.getOriginalMessage()));
    if (missing.find()) {
      return "'" + missing.group(1) + "' is missing";
    }
    return switch (e) {
      case ValueInstantiationException refused -> refused(refused.getCause());
      case InvalidTypeIdException kind -> "there is no kind '" + kind.getTypeId() + "' here";
      case MismatchedInputException other -> mismatch(other);
      default -> refused(e.getCause());
    };
  }

  /** Records say themselves what they take; what they do not say is a value that is not there. */
  private static String refused(@Nullable Throwable cause) {
    String said = cause == null ? null : cause.getMessage();
    if (said != null && cause instanceof IllegalArgumentException) {
      return said;
    }
    return said != null && cause instanceof NullPointerException && NAME.matcher(said).matches()
        ? "'" + said + "' is missing"
        : "a value is missing or makes no sense";
  }

  private static String mismatch(MismatchedInputException e) {
    String text = String.valueOf(e.getOriginalMessage());
    if (text.startsWith("Trailing token")) {
      return "more text follows its end";
    }
    if (text.startsWith("No content")) {
      return "there is no text";
    }
    return wanted(e.getTargetType()) + " is wanted";
  }

  private static String wanted(@Nullable Class<?> type) {
    if (type == null) {
      return "another value";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
      return "a number that fits";
    }
    if (Collection.class.isAssignableFrom(type) || type.isArray()) {
      return "a list";
    }
    if (type == Instant.class) {
      return "a time like 2027-01-01T00:00:00Z";
    }
    if (type == Duration.class) {
      return "a time span like PT30S";
    }
    return type.isRecord() || Map.class.isAssignableFrom(type) ? "an object" : "text";
  }

  private static String bare(JsonProcessingException e) {
    return INNARDS.matcher(String.valueOf(e.getOriginalMessage())).replaceAll("");
  }
}
