package dev.millrace.triggers.embedded.http;

import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the one who signed a form allows it to be ("Creating a POST policy"). */
record PostPolicy(Instant expiration, List<Condition> conditions) {
  private static final Duration LIFETIME_MAX = Duration.ofDays(7);

  /** Fields that no condition need speak of. */
  private static final Set<String> FREE =
      Set.of("x-amz-signature", "signature", "awsaccesskeyid", "policy");

  PostPolicy {
    conditions = List.copyOf(conditions);
  }

  /** One thing that must hold. */
  sealed interface Condition {
    /** A field is exactly this. */
    record Equal(String field, String value) implements Condition {}

    /** A field begins like this; each item of it, where it is a list of content types. */
    record StartsWith(String field, String prefix) implements Condition {}

    /** The file has so many bytes, both bounds included. */
    record Length(long min, long max) implements Condition {}
  }

  /** Any JSON: its shape is checked here. */
  record Document(String expiration, List<Object> conditions) {}

  /** Reads the policy field of a form. */
  static PostPolicy parse(String base64) {
    try {
      Document document = Json.read(Base64.getMimeDecoder().decode(base64), Document.class);
      if (document.conditions() == null || document.expiration() == null) {
        throw invalid("it needs expiration and conditions");
      }
      List<Condition> conditions = new ArrayList<>();
      for (Object each : document.conditions()) {
        conditions.add(condition(each));
      }
      return new PostPolicy(Instant.parse(document.expiration()), conditions);
    } catch (MalformedJson | IllegalArgumentException e) {
      throw invalid("it is no JSON in Base64 with expiration and conditions");
    } catch (DateTimeParseException e) {
      throw invalid("its expiration is no time as 2026-12-31T12:00:00Z");
    }
  }

  private static Condition condition(@Nullable Object json) {
    return switch (json) {
      case Map<?, ?> map when map.size() == 1 -> {
        Map.Entry<?, ?> only = map.entrySet().iterator().next();
        yield new Condition.Equal(lower(text(only.getKey())), text(only.getValue()));
      }
      case List<?> list when list.size() == 3 -> triple(list);
      case null, default -> throw invalid("a condition is no {field: value} and no list of three");
    };
  }

  private static Condition triple(List<?> list) {
    String operator = lower(text(list.get(0)));
    if (operator.equals("content-length-range")) {
      return new Condition.Length(number(list.get(1)), number(list.get(2)));
    }
    String field = lower(text(list.get(1)));
    if (!field.startsWith("$")) {
      throw invalid("a condition's field does not begin with $: " + field);
    }
    return switch (operator) {
      case "eq" -> new Condition.Equal(field.substring(1), text(list.get(2)));
      case "starts-with" -> new Condition.StartsWith(field.substring(1), text(list.get(2)));
      default -> throw invalid("there is no condition " + operator);
    };
  }

  /** Refuses a form that its policy does not allow, or no longer. */
  void check(FormFields form, String bucket, Instant now) {
    if (!now.isBefore(expiration)) {
      throw notAllowed("Policy expired.");
    }
    if (expiration.isAfter(now.plus(LIFETIME_MAX))) {
      throw notAllowed("a policy holds at most " + LIFETIME_MAX.toDays() + " days.");
    }
    Set<String> spokenOf = new HashSet<>(FREE);
    for (Condition condition : conditions) {
      switch (condition) {
        case Condition.Equal(String field, String value) -> {
          spokenOf.add(field);
          require(value(form, bucket, field).equals(value), "eq", field, value);
        }
        case Condition.StartsWith(String field, String prefix) -> {
          spokenOf.add(field);
          require(startsWith(form, bucket, field, prefix), "starts-with", field, prefix);
        }
        case Condition.Length length -> {}
      }
    }
    if (!spokenOf.contains("bucket")) {
      throw notAllowed("it names no bucket.");
    }
    for (String field : form.values().keySet()) {
      if (!spokenOf.contains(field) && !field.startsWith("x-ignore-")) {
        throw notAllowed("Extra input fields: " + field);
      }
    }
  }

  private static boolean startsWith(FormFields form, String bucket, String field, String prefix) {
    String value = value(form, bucket, field);
    if (!field.equals("content-type")) {
      return value.startsWith(prefix);
    }
    for (String one : value.split(",", -1)) {
      if (!one.strip().startsWith(prefix)) {
        return false;
      }
    }
    return true;
  }

  private static String value(FormFields form, String bucket, String field) {
    return field.equals("bucket") ? bucket : form.value(field).orElse("");
  }

  /** The sizes of the file that all conditions allow. */
  BodyReader.LengthRange lengths(long objectMaxBytes) {
    long min = 0;
    long max = objectMaxBytes;
    for (Condition condition : conditions) {
      if (condition instanceof Condition.Length(long from, long to)) {
        min = Math.max(min, from);
        max = Math.min(max, to);
      }
    }
    return new BodyReader.LengthRange(min, max);
  }

  private static void require(boolean holds, String operator, String field, String value) {
    if (!holds) {
      throw notAllowed(
          "Policy Condition failed: [\"" + operator + "\", \"$" + field + "\", \"" + value + "\"]");
    }
  }

  private static String text(@Nullable Object json) {
    if (json instanceof String text) {
      return text;
    }
    throw invalid("where a text must be there is another thing");
  }

  private static long number(@Nullable Object json) {
    if ((json instanceof Integer || json instanceof Long || json instanceof String)
        && json.toString().matches("[0-9]{1,18}")) {
      return Long.parseLong(json.toString());
    }
    throw invalid("content-length-range needs two numbers of bytes");
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static Refusal invalid(String reason) {
    return new Refusal(
        ErrorCode.INVALID_POLICY_DOCUMENT, "The policy of the form is not valid: " + reason + ".");
  }

  private static Refusal notAllowed(String reason) {
    return new Refusal(ErrorCode.ACCESS_DENIED, "Invalid according to Policy: " + reason);
  }
}
