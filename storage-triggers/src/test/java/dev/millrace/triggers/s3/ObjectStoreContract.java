package dev.millrace.triggers.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.object.FolderPage;
import dev.millrace.schema.object.ListPage;
import dev.millrace.schema.object.ListedBucket;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.schema.object.Written;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every {@link ObjectStore} does; the bucket {@code contract} is there and empty. */
abstract class ObjectStoreContract {
  static final String BUCKET = "contract";

  abstract ObjectStore store();

  @Test
  void readsWhatWasWrittenWithItsMetadata() throws Exception {
    WriteOptions options = new WriteOptions(false, "text/x-fasta", Map.of("depth", "2"));

    Written written = write("a.fa", ">a\nACGT", options);

    ObjectHead head = store().head(BUCKET, "a.fa").orElseThrow();
    assertThat(written).isEqualTo(new Written.Done(head.eTag()));
    assertThat(head.size()).isEqualTo(7);
    assertThat(head.metadata()).containsEntry("depth", "2");
    try (ObjectBody body = store().read(BUCKET, "a.fa").orElseThrow()) {
      assertThat(body.stream().readAllBytes()).asString().isEqualTo(">a\nACGT");
      assertThat(body.head()).isEqualTo(head);
    }
  }

  @Test
  void hasNothingUnderANameThatWasNeverWritten() throws Exception {
    ObjectName to = name("to");

    assertThat(store().head(BUCKET, "none")).isEmpty();
    assertThat(store().read(BUCKET, "none")).isEmpty();
    assertThat(store().copy(name("none"), to, WriteOptions.PLAIN)).isFalse();
    store().delete(BUCKET, "none");
  }

  @Test
  void writesOnlyIfAbsent() throws Exception {
    WriteOptions once = new WriteOptions(true, "text/plain", Map.of());

    assertThat(write("claim", "one", once)).isInstanceOf(Written.Done.class);
    assertThat(write("claim", "two", once)).isEqualTo(new Written.Taken());
    assertThat(text("claim")).isEqualTo("one");
  }

  @Test
  void writesAStreamThatCannotBeReadTwice() throws Exception {
    byte[] half = new byte[600_000];
    InputStream stream =
        new SequenceInputStream(new ByteArrayInputStream(half), new ByteArrayInputStream(half));

    store().write(name("stream"), stream, 1_200_000, WriteOptions.PLAIN);

    assertThat(store().head(BUCKET, "stream").orElseThrow().size()).isEqualTo(1_200_000);
  }

  @Test
  void copiesWithNewMetadata() throws Exception {
    write("from", "bytes", new WriteOptions(false, "a/b", Map.of("old", "1")));

    boolean copied =
        store()
            .copy(
                name("from"), name("to/ü +%"), new WriteOptions(false, "c/d", Map.of("new", "2")));

    assertThat(copied).isTrue();
    assertThat(text("to/ü +%")).isEqualTo("bytes");
    assertThat(store().head(BUCKET, "to/ü +%").orElseThrow().metadata())
        .isEqualTo(Map.of("new", "2"));
  }

  @Test
  void tellsEachVersionFromTheNext() throws Exception {
    write("again", "same", WriteOptions.PLAIN);
    ObjectHead first = store().head(BUCKET, "again").orElseThrow();
    write("again", "other", WriteOptions.PLAIN);

    assertThat(store().head(BUCKET, "again").orElseThrow().version()).isNotEqualTo(first.version());
  }

  @Test
  void listsInPagesInTheOrderOfBytes() throws Exception {
    List<String> keys =
        List.of("l/+", "l/a b", "l/a%20b", "l/a//b", "l/z", "l/ü", "l/\ud83d\ude80");
    for (String key : keys) {
      write(key, key, WriteOptions.PLAIN);
    }
    write("m", "outside", WriteOptions.PLAIN);

    List<String> found = new ArrayList<>();
    String token = "";
    while (token != null) {
      ListPage page = store().list(BUCKET, "l/", token, 3);
      page.objects().stream().map(ListedObject::key).forEach(found::add);
      token = page.next();
    }

    assertThat(found).containsExactlyElementsOf(keys);
  }

  @Test
  void showsWhatLiesDirectlyUnderAPrefixInPages() throws Exception {
    for (String key :
        List.of(
            "f/a/1",
            "f/a/2/deep",
            "f/b",
            "f/c//empty",
            "f/c/x",
            "f/d e/ü",
            "f/é/1",
            "f/z",
            "g/1")) {
      write(key, key, WriteOptions.PLAIN);
    }

    List<String> wanted = List.of("f/a/", "f/b", "f/c/", "f/d e/", "f/z", "f/é/");
    for (int max : List.of(1, 2, 3, 5, 6, 1000)) {
      assertThat(shown("f/", max)).as("pages of " + max).containsExactlyElementsOf(wanted);
    }
    assertThat(shown("f/c/", 1)).containsExactly("f/c//", "f/c/x");
    assertThat(shown("f/a", 10)).containsExactly("f/a/");
    assertThat(shown("f/none/", 10)).isEmpty();
    FolderPage whole = store().folder(BUCKET, "f/", "", 1000);
    assertThat(whole.folders()).containsExactly("f/a/", "f/c/", "f/d e/", "f/é/");
    assertThat(whole.objects()).extracting(ListedObject::key).containsExactly("f/b", "f/z");
    assertThat(whole.objects().getFirst().size()).isEqualTo(3);
    assertThat(whole.objects().getFirst().eTag())
        .isEqualTo(store().head(BUCKET, "f/b").orElseThrow().eTag());
    assertThat(whole.next()).isNull();
  }

  /** Objects and folders of all pages, none twice, in the order of their bytes. */
  private List<String> shown(String prefix, int max) throws Exception {
    List<String> shown = new ArrayList<>();
    String token = "";
    while (token != null) {
      FolderPage page = store().folder(BUCKET, prefix, token, max);
      assertThat(page.objects().size() + page.folders().size()).isLessThanOrEqualTo(max);
      Stream.concat(page.objects().stream().map(ListedObject::key), page.folders().stream())
          .sorted(Comparator.comparing(ObjectStoreContract::bytes, Arrays::compareUnsigned))
          .forEach(shown::add);
      token = page.next();
    }
    return shown;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void givesUpOnAFolderOfABucketThatIsNotThere() {
    assertThatThrownBy(() -> store().folder("not-there", "", "", 10))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.GIVE_UP));
  }

  @Test
  void namesItsBucketsInOrder() throws Exception {
    store().ensureBucket("zz-last");
    store().ensureBucket("aa-first");
    store().ensureBucket("aa-first");

    List<ListedBucket> buckets = store().buckets();

    assertThat(buckets)
        .extracting(ListedBucket::name)
        .contains("aa-first", BUCKET, "zz-last")
        .doesNotHaveDuplicates()
        .isSorted();
    assertThat(buckets)
        .filteredOn(bucket -> bucket.name().equals("aa-first"))
        .allSatisfy(bucket ->
            assertThat(Duration.between(bucket.createdAt(), Instant.now()).abs())
                .isLessThan(Duration.ofMinutes(5)));
  }

  @Test
  void servesUrlsWithoutCredentials() throws Exception {
    URI put = store().presignPut(BUCKET, "url/ü", Duration.ofMinutes(5));
    URI get = store().presignGet(BUCKET, "url/ü", Duration.ofMinutes(5));
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> written =
          http.send(
              HttpRequest.newBuilder(put)
                  .PUT(HttpRequest.BodyPublishers.ofString("by url"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      HttpResponse<String> read =
          http.send(HttpRequest.newBuilder(get).build(), HttpResponse.BodyHandlers.ofString());

      assertThat(written.statusCode()).as(written.body()).isEqualTo(200);
      assertThat(read.body()).isEqualTo("by url");
    }
  }

  @Test
  void servesTheStepsOfAnUploadInPartsWithoutCredentials() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      String upload = begin(http, "parts/ü");
      String eTag =
          http.send(
                  request("parts/ü", new UploadStep.Part(upload, 1))
                      .PUT(HttpRequest.BodyPublishers.ofString("by parts"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .headers()
              .firstValue("etag")
              .orElseThrow();
      HttpResponse<String> completed =
          http.send(
              request("parts/ü", new UploadStep.Complete(upload))
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"
                              + eTag
                              + "</ETag></Part></CompleteMultipartUpload>"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(completed.statusCode()).as(completed.body()).isEqualTo(200);
    }
    try (var body = store().read(BUCKET, "parts/ü").orElseThrow()) {
      assertThat(body.stream().readAllBytes())
          .isEqualTo("by parts".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void abortsUploadsByUrlAndByPrefix() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      String first = begin(http, "run/a");
      String second = begin(http, "run/b");
      String other = begin(http, "other/b");
      int aborted =
          http.send(
                  request("run/a", new UploadStep.Abort(first)).DELETE().build(),
                  HttpResponse.BodyHandlers.ofString())
              .statusCode();

      store().abortUploads(BUCKET, "run/");

      assertThat(aborted).isEqualTo(204);
      assertThat(part(http, "run/b", second)).isEqualTo(404);
      assertThat(part(http, "other/b", other)).isEqualTo(200);
    }
  }

  private String begin(HttpClient http, String key) throws Exception {
    HttpResponse<String> begun =
        http.send(
            request(key, new UploadStep.Begin()).POST(HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(begun.statusCode()).as(begun.body()).isEqualTo(200);
    return begun.body().replaceAll("(?s).*<UploadId>(.*)</UploadId>.*", "$1");
  }

  private int part(HttpClient http, String key, String upload) throws Exception {
    return http.send(
            request(key, new UploadStep.Part(upload, 1))
                .PUT(HttpRequest.BodyPublishers.ofString("x"))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .statusCode();
  }

  private HttpRequest.Builder request(String key, UploadStep step) {
    return HttpRequest.newBuilder(store().presignUpload(BUCKET, key, step, Duration.ofMinutes(5)));
  }

  @Test
  void makesABucketOnceAndGivesUpOnOneThatIsNotThere() throws Exception {
    store().ensureBucket(BUCKET);
    store().ensureBucket("fresh-bucket");

    assertThat(store().list("fresh-bucket", "", "", 10).objects()).isEmpty();
    assertThatThrownBy(() -> store().list("not-there", "", "", 10))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.GIVE_UP));
    assertThatThrownBy(() ->
            store()
                .write(
                    new ObjectName(store().id(), "not-there", "k"),
                    InputStream.nullInputStream(),
                    0,
                    WriteOptions.PLAIN))
        .isInstanceOf(StoreException.class);
  }

  @Test
  void tellsItsOwnTime() throws Exception {
    Instant now = store().now(BUCKET);

    assertThat(Duration.between(now, Instant.now()).abs()).isLessThan(Duration.ofMinutes(5));
  }

  @Test
  void stopsReadingWhenTheBodyIsClosedEarly() throws Exception {
    store()
        .write(
            name("long"),
            new ByteArrayInputStream(new byte[20 << 20]),
            20 << 20,
            WriteOptions.PLAIN);

    try (ObjectBody body = store().read(BUCKET, "long").orElseThrow()) {
      assertThat(body.stream().read()).isZero();
    }

    assertThat(store().head(BUCKET, "long")).isPresent();
  }

  final ObjectName name(String key) {
    return new ObjectName(store().id(), BUCKET, key);
  }

  final Written write(String key, String text, WriteOptions options) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return store().write(name(key), new ByteArrayInputStream(bytes), bytes.length, options);
  }

  final String text(String key) throws Exception {
    try (ObjectBody body = store().read(BUCKET, key).orElseThrow()) {
      return new String(body.stream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
