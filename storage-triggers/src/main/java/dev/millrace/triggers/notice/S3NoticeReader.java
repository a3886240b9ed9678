package dev.millrace.triggers.notice;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.StoreId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads the notices that S3 sends, in its versions 2.x, and that MinIO and Ceph copy, out of
 * whatever they were put in on their way: SNS, SQS or SNS to Lambda, EventBridge. Unknown fields
 * are passed over, all records count. A message inside a message is followed a few steps, not for
 * ever.
 */
public final class S3NoticeReader {
  private static final int ENVELOPES_MAX = 3;
  private static final int NESTING_MAX = 64;

  private final JsonMapper json = mapper();
  private final RecordReader records;

  /**
   * A reader for one transport.
   *
   * @param source what notices are from, for instance {@code webhook/minio.default}
   * @param store the store that the transport was set up for
   * @param keys how keys come by this transport; Ceph's and EventBridge's are plain on any
   * @param clock the wall time of reception
   */
  public S3NoticeReader(String source, StoreId store, KeyEncoding keys, InstantSource clock) {
    this.records = new RecordReader(source, store, keys, clock);
  }

  private static JsonMapper mapper() {
    JsonMapper mapper = JsonMapper.builder().build();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(NESTING_MAX).build());
    return mapper;
  }

  /** Reads one message. */
  public NoticeReading read(String message) {
    return read(message.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads one message as it came. */
  public NoticeReading read(byte[] message) {
    return read(message, ENVELOPES_MAX);
  }

  private NoticeReading read(byte[] message, int envelopes) {
    JsonNode root;
    try {
      root = json.readTree(message);
    } catch (IOException e) {
      return new NoticeReading.Malformed("not JSON: " + firstLine(e));
    }
    if (root == null || !root.isObject()) {
      return new NoticeReading.Malformed("not a JSON object");
    }
    if (root.path("Event").asText("").equals("s3:TestEvent")) {
      return new NoticeReading.TestEvent();
    }
    String type = root.path("Type").asText("");
    if (type.equals("SubscriptionConfirmation")) {
      return new NoticeReading.Confirmation(root.path("SubscribeURL").asText(""));
    }
    if (type.equals("Notification")) {
      return inner(root.path("Message"), envelopes);
    }
    if (root.path("detail-type").isTextual()) {
      return read(List.of(records.readDetail(root)));
    }
    JsonNode array = root.path("Records");
    return array.isArray()
        ? all(array, envelopes)
        : new NoticeReading.Malformed("neither Records nor an envelope that is known");
  }

  private static String firstLine(IOException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  private NoticeReading inner(JsonNode message, int envelopes) {
    if (!message.isTextual()) {
      return new NoticeReading.Malformed("an envelope without a message");
    }
    if (envelopes == 0) {
      return new NoticeReading.Malformed("more than " + ENVELOPES_MAX + " envelopes");
    }
    return read(message.textValue().getBytes(StandardCharsets.UTF_8), envelopes - 1);
  }

  private NoticeReading all(JsonNode array, int envelopes) {
    List<RecordReader.OneRecord> read = new ArrayList<>();
    for (JsonNode record : array) {
      // Lambda writes this name small for a queue and large for a topic.
      String from = record.path("eventSource").asText(record.path("EventSource").asText(""));
      switch (from.toLowerCase(Locale.ROOT)) {
        case "aws:sqs" -> unwrap(record.path("body"), envelopes, read);
        case "aws:sns" -> unwrap(record.path("Sns").path("Message"), envelopes, read);
        default -> read.add(records.read(record));
      }
    }
    return read(read);
  }

  /** One that cannot be read must not hold up the others that came with it. */
  private void unwrap(JsonNode message, int envelopes, List<RecordReader.OneRecord> into) {
    switch (inner(message, envelopes)) {
      case NoticeReading.Read(var notices, var ignored) -> {
        notices.forEach(notice -> into.add(new RecordReader.Found(notice)));
        ignored.forEach(reason -> into.add(new RecordReader.Passed(reason)));
      }
      case NoticeReading.TestEvent t -> into.add(new RecordReader.Passed("a test event"));
      case NoticeReading.Confirmation c -> into.add(new RecordReader.Passed("a confirmation"));
      case NoticeReading.Malformed(String reason) -> into.add(new RecordReader.Passed(reason));
    }
  }

  private static NoticeReading read(List<RecordReader.OneRecord> records) {
    List<Notice> notices = new ArrayList<>();
    List<String> ignored = new ArrayList<>();
    for (RecordReader.OneRecord record : records) {
      switch (record) {
        case RecordReader.Found(var notice) -> notices.add(notice);
        case RecordReader.Passed(String reason) -> ignored.add(reason);
      }
    }
    return new NoticeReading.Read(notices, ignored);
  }
}
