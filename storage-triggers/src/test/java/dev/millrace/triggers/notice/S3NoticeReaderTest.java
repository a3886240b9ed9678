package dev.millrace.triggers.notice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class S3NoticeReaderTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final StoreId STORE = new StoreId("minio.default");

  private final S3NoticeReader reader = reader(KeyEncoding.FORM_URL);

  @Test
  void readsEveryRecordWithItsKeyDecodedOnce() {
    NoticeReading reading =
        reader.read(
            message(
                record("2.1", "ObjectCreated:Put", "in", "a+b%2Fc%2Bd%2520", ""),
                record("2.6", "s3:ObjectCreated:CompleteMultipartUpload", "in", "x", "v7"),
                record("2.0", "s3:ObjectCreated:Copy", "in", "%C3%BC", "null")));

    List<Notice> notices = ((NoticeReading.Read) reading).notices();
    assertThat(notices)
        .extracting(notice -> notice.object().key())
        .containsExactly("a b/c+d%20", "x", "ü");
    assertThat(notices.get(1).hint()).isEqualTo(new VersionTag.VersionId("v7"));
    assertThat(notices.get(2).hint()).isNull();
    assertThat(notices).allSatisfy(notice -> assertThat(notice.receivedAt()).isEqualTo(NOW));
  }

  @Test
  void leavesAKeyAloneThatIsNotEncoded() {
    NoticeReading reading =
        reader(KeyEncoding.PLAIN)
            .read(message(record("2.0", "s3:ObjectCreated:Put", "in", "a+b%2Fc", "")));

    assertThat(((NoticeReading.Read) reading).notices().getFirst().object().key())
        .isEqualTo("a+b%2Fc");
  }

  @Test
  void passesOverFolderMarkersRemovalsAndItsOwnKeysButTakesTheRest() {
    NoticeReading reading =
        reader.read(
            message(
                record("2.1", "ObjectCreated:Put", "in", "folder%2F", ""),
                record("2.1", "ObjectRemoved:Delete", "in", "gone", ""),
                record("2.1", "ObjectCreated:Put", "in", ".millrace/j/1", ""),
                record("2.1", "ObjectCreated:Put", "in", "%zz", ""),
                record("2.1", "ObjectCreated:Put", "in", "", ""),
                record("2.1", "ObjectCreated:Put", "", "no-bucket", ""),
                record("3.0", "ObjectCreated:Put", "in", "future", ""),
                "{}",
                "7",
                record("2.1", "ObjectCreated:Put", "in", "good", "")));

    NoticeReading.Read read = (NoticeReading.Read) reading;
    assertThat(read.notices()).extracting(n -> n.object().key()).containsExactly("good");
    assertThat(read.ignored()).hasSize(9);
  }

  @Test
  void knowsTheTestEvent() {
    String message =
        """
        {"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-11-22T12:00:00Z","Bucket":"in"}
        """;

    assertThat(reader.read(message)).isEqualTo(new NoticeReading.TestEvent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[]",
        "null",
        "{}",
        "\"Records\"",
        "{\"Records\":{}}",
        "{\"Records\":",
        "\u0000",
        "{\"a\":1}",
        "not json"
      })
  void saysOfAnythingElseThatItIsMalformed(String message) {
    assertThat(reader.read(message)).isInstanceOf(NoticeReading.Malformed.class);
  }

  @Test
  void survivesNestingWithoutEnd() {
    assertThat(reader.read("[".repeat(100_000))).isInstanceOf(NoticeReading.Malformed.class);
  }

  private static S3NoticeReader reader(KeyEncoding encoding) {
    return new S3NoticeReader("webhook/test", STORE, encoding, () -> NOW);
  }

  private static String message(String... records) {
    return "{\"Records\":[" + String.join(",", records) + "],\"Later\":{\"a\":[1]}}";
  }

  private static String record(
      String version, String event, String bucket, String key, String versionId) {
    return """
    {"eventVersion":"%s","eventSource":"aws:s3","awsRegion":"us-east-1","eventName":"%s",
     "eventTime":"2026-11-22T11:59:59.000Z","s3":{"s3SchemaVersion":"1.0",
     "bucket":{"name":"%s","arn":"arn:aws:s3:::in"},
     "object":{"key":"%s","size":3,"eTag":"abc","versionId":"%s","sequencer":"00A"}}}
    """
        .formatted(version, event, bucket, key, versionId);
  }
}
