package dev.millrace.triggers.notice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same notice on its various ways. */
final class EnvelopesTest {
  private static final String RECORD =
      """
      {"eventVersion":"2.1","eventSource":"%s","eventName":"ObjectCreated:Put","s3":{"bucket":\
      {"name":"in"},"object":{"key":"%s","size":3,"eTag":"abc","sequencer":"00A"}}}\
      """;

  private final S3NoticeReader reader =
      new S3NoticeReader(
          "webhook/test",
          new StoreId("s3.default"),
          KeyEncoding.FORM_URL,
          () -> Instant.parse("2026-11-22T12:00:00Z"));

  @Test
  void readsWhatSnsWraps() {
    assertThat(keys(sns(s3("aws:s3", "a+b%2Fc")))).containsExactly("a b/c");
  }

  @Test
  void readsEveryRecordThatLambdaGetsFromAQueueAndOneThatIsBrokenHoldsUpNoOther() {
    String batch =
        "{\"Records\":["
            + String.join(
                ",",
                sqs(s3("aws:s3", "first")),
                sqs("not json"),
                sqs("{\"Event\":\"s3:TestEvent\"}"),
                "{\"eventSource\":\"aws:sqs\"}",
                sqs(sns(s3("aws:s3", "through+sns"))),
                "{\"EventSource\":\"aws:sns\",\"Sns\":{\"Message\":"
                    + quoted(s3("aws:s3", "topic"))
                    + "}}")
            + "]}";

    NoticeReading.Read read = (NoticeReading.Read) reader.read(batch);

    assertThat(read.notices())
        .extracting(notice -> notice.object().key())
        .containsExactly("first", "through sns", "topic");
    assertThat(read.ignored()).hasSize(3);
  }

  @Test
  void leavesTheKeyOfEventBridgeAloneAndReadsItsVersion() {
    String event =
        """
        {"version":"0","source":"aws.s3","detail-type":"Object Created","detail":{"bucket":
        {"name":"in"},"object":{"key":"a+b%2Fc","size":3,"etag":"abc","version-id":"v7",
        "sequencer":"00A"},"reason":"PutObject"}}
        """;

    NoticeReading.Read read = (NoticeReading.Read) reader.read(event);

    assertThat(read.notices().getFirst().object().key()).isEqualTo("a+b%2Fc");
    assertThat(read.notices().getFirst().hint()).isEqualTo(new VersionTag.VersionId("v7"));
  }

  @Test
  void passesOverWhateverElseEventBridgeTells() {
    for (String event :
        List.of(
            "{\"source\":\"aws.s3\",\"detail-type\":\"Object Deleted\",\"detail\":{}}",
            "{\"source\":\"aws.ec2\",\"detail-type\":\"Object Created\",\"detail\":{}}",
            "{\"source\":\"aws.s3\",\"detail-type\":\"Object Created\"}")) {
      NoticeReading.Read read = (NoticeReading.Read) reader.read(event);

      assertThat(read.notices()).isEmpty();
      assertThat(read.ignored()).hasSize(1);
    }
  }

  @Test
  void leavesCephsKeysAloneOnTheSameTransport() {
    assertThat(keys(s3("ceph:s3", "a+b%2Fc"))).containsExactly("a+b%2Fc");
    assertThat(keys(s3("minio:s3", "a+b%2Fc"))).containsExactly("a b/c");
  }

  @Test
  void opensNoAddressThatItIsSentButSaysWhichOneWaits() {
    String asks = "{\"Type\":\"SubscriptionConfirmation\",\"SubscribeURL\":\"http://10.0.0.1/\"}";

    assertThat(reader.read(asks)).isEqualTo(new NoticeReading.Confirmation("http://10.0.0.1/"));
  }

  @Test
  void followsAFewEnvelopesAndNotForEver() {
    String message = s3("aws:s3", "deep");
    assertThat(reader.read(sns(sns(sns(message))))).isInstanceOf(NoticeReading.Read.class);
    assertThat(reader.read(sns(sns(sns(sns(message))))))
        .isInstanceOf(NoticeReading.Malformed.class);
    assertThat(reader.read("{\"Type\":\"Notification\",\"Message\":{}}"))
        .isInstanceOf(NoticeReading.Malformed.class);
  }

  @Test
  void passesOverAKeyThatNoDatabaseTakes() {
    assertThat(keys(s3("aws:s3", "a%00b"))).isEmpty();
  }

  private List<String> keys(String message) {
    return ((NoticeReading.Read) reader.read(message))
        .notices().stream().map(notice -> notice.object().key()).toList();
  }

  private static String s3(String source, String key) {
    return "{\"Records\":[" + RECORD.formatted(source, key) + "]}";
  }

  private static String sns(String message) {
    return "{\"Type\":\"Notification\",\"MessageId\":\"1\",\"TopicArn\":\"arn:aws:sns:x:1:t\","
        + "\"Message\":"
        + quoted(message)
        + "}";
  }

  private static String sqs(String body) {
    return "{\"messageId\":\"1\",\"eventSource\":\"aws:sqs\",\"body\":" + quoted(body) + "}";
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
