package dev.millrace.hosted.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.sign.SignedBytes;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What can reach a host: an order itself, or a store's word that some may be there. */
sealed interface Trigger {
  /** The signed bytes themselves. */
  record Posted(SignedBytes order) implements Trigger {}

  /** Objects that were written. */
  record Told(List<OrderNotice> notices) implements Trigger {
    public Told {
      notices = List.copyOf(notices);
    }
  }

  /**
   * Reads an order's line, the same as a JSON text or as {@code {"order": line}}, or a notification
   * in S3's form.
   */
  static Trigger read(String body) {
    String text = body.strip();
    try {
      if (!text.startsWith("{") && !text.startsWith("\"")) {
        return new Posted(SignedBytes.parse(text));
      }
      JsonNode json = Json.tree(text.getBytes(StandardCharsets.UTF_8));
      if (json.isTextual()) {
        return new Posted(SignedBytes.parse(json.textValue()));
      }
      if (json.path("order").isTextual()) {
        return new Posted(SignedBytes.parse(json.path("order").textValue()));
      }
      return told(json);
    } catch (MalformedJson | IllegalArgumentException e) {
      throw new NotFollowed("neither an order nor a notification of S3: " + e.getMessage());
    }
  }

  private static Told told(JsonNode json) {
    if (json.path("Event").asText().endsWith(":TestEvent")) {
      // What S3 sends when a notification is set up.
      return new Told(List.of());
    }
    if (!json.path("Records").isArray()) {
      throw new NotFollowed("neither an order nor a notification of S3: it has no Records");
    }
    List<OrderNotice> notices = new ArrayList<>();
    for (JsonNode record : json.path("Records")) {
      String event = record.path("eventName").asText().replaceFirst("^s3:", "");
      JsonNode s3 = record.path("s3");
      String key = s3.path("object").path("key").asText();
      if (event.startsWith("ObjectCreated:") && !key.isEmpty()) {
        notices.add(
            new OrderNotice(
                s3.path("bucket").path("name").asText(),
                URLDecoder.decode(key, StandardCharsets.UTF_8)));
      }
    }
    return new Told(notices);
  }
}
