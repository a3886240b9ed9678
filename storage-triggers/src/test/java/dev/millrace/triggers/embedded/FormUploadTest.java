package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.triggers.embedded.names.EventName;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Uploads from a browser's form. */
@ParameterizedClass(name = "rows up to {0} bytes")
@ValueSource(ints = {0, StoreConfig.Space.SMALL_MAX_BYTES})
final class FormUploadTest {
  private static final byte[] FILE = "the file".getBytes(StandardCharsets.UTF_8);
  private static final String KEY_ONLY =
      "[{\"bucket\": \"inbox\"}, [\"starts-with\", \"$key\", \"up/\"]]";

  @Parameter int smallMaxBytes;
  @TempDir Path folder;
  EmbeddedStore store;
  S3Client s3;

  @BeforeEach
  void start() throws IOException {
    store = EmbeddedStore.start(StoreConfig.in(folder).withSmallMaxBytes(smallMaxBytes));
    s3 = StoreClients.sdk(store);
    s3.createBucket(r -> r.bucket("inbox"));
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
    store.close();
  }

  @Test
  void keepsTheFileUnderItsNameWithTheFieldsOfTheForm() throws Exception {
    HttpResponse<String> answer =
        form("[{\"bucket\": \"inbox\"}, [\"starts-with\", \"$key\", \"up/\"],"
                + " {\"acl\": \"private\"}, [\"starts-with\", \"$Content-Type\", \"text/\"],"
                + " [\"eq\", \"$x-amz-meta-who\", \"ü\"], [\"starts-with\", \"$tagging\", \"\"],"
                + " [\"content-length-range\", 1, 100]]")
            .with("key", "up/${filename}")
            .with("acl", "private")
            .with("Content-Type", "text/plain")
            .with("x-amz-meta-who", "ü")
            .with(
                "tagging",
                "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>")
            .with("x-ignore-button", "Send")
            .post(store, "inbox", "C:\\photos\\sömmer.txt", FILE);

    assertThat(answer.statusCode()).isEqualTo(204);
    String key = "up/sömmer.txt";
    HeadObjectResponse head = s3.headObject(r -> r.bucket("inbox").key(key));
    assertThat(head.contentType()).isEqualTo("text/plain");
    assertThat(head.eTag()).isEqualTo(answer.headers().firstValue("etag").orElseThrow());
    assertThat(s3.getObjectTagging(r -> r.bucket("inbox").key(key)).tagSet()).hasSize(1);
    assertThat(s3.getObjectAsBytes(r -> r.bucket("inbox").key(key)).asByteArray()).isEqualTo(FILE);
    assertThat(store.outbox().eventsAfter(0, 10))
        .singleElement()
        .satisfies(event -> assertThat(event.name()).isEqualTo(EventName.CREATED_POST));
  }

  @Test
  void keepsALargeFileWithoutOneByteMore() throws Exception {
    byte[] large = new byte[5 << 20];
    Arrays.fill(large, (byte) '\r');

    form(KEY_ONLY).with("key", "up/large").post(store, "inbox", "x", large);

    assertThat(s3.getObjectAsBytes(r -> r.bucket("inbox").key("up/large")).asByteArray())
        .isEqualTo(large);
  }

  @Test
  void answersWithTheStatusOfTheForm() throws Exception {
    Map<String, Integer> wanted = Map.of("200", 200, "201", 201, "204", 204, "404", 204, "x", 204);
    for (Map.Entry<String, Integer> each : wanted.entrySet()) {
      HttpResponse<String> answer =
          form(withSuccess("success_action_status"))
              .with("key", "up/a b")
              .with("success_action_status", each.getKey())
              .post(store, "inbox", "x", FILE);

      assertThat(answer.statusCode()).isEqualTo(each.getValue());
      assertThat(answer.headers().firstValue("location")).contains("/inbox/up/a%20b");
      assertThat(answer.body().contains("<PostResponse><Location>/inbox/up/a%20b</Location>"))
          .isEqualTo(answer.statusCode() == 201);
    }
  }

  @Test
  void sendsTheBrowserOnToThePageOfTheForm() throws Exception {
    String added = "bucket=inbox&key=up%2Fa&etag=";

    assertThat(redirected("http://page.example/done"))
        .startsWith("http://page.example/done?" + added);
    assertThat(redirected("https://page.example/?x=1"))
        .startsWith("https://page.example/?x=1&" + added);
  }

  @Test
  void redirectsToNothingButAWebAddress() throws Exception {
    for (String page :
        List.of("javascript:alert(1)", "/relative", "http://a b", "x\r\nSet-Cookie: a=b", "")) {
      assertThat(redirected(page)).isEqualTo("/inbox/up/a");
    }
  }

  /** Where a form with that page sends the browser. */
  private String redirected(String page) throws Exception {
    HttpResponse<String> answer =
        form(withSuccess("success_action_redirect"))
            .with("key", "up/a")
            .with("success_action_redirect", page)
            .post(store, "inbox", "x", FILE);
    assertThat(answer.headers().firstValue("set-cookie")).isEmpty();
    return answer.headers().firstValue("location").orElse("");
  }

  @Test
  void refusesWhatThePolicyDoesNotAllow() throws Exception {
    refused(form(KEY_ONLY).with("key", "elsewhere"), "Policy Condition failed");
    refused(form(KEY_ONLY).with("key", "up/a").with("x-amz-meta-a", "b"), "Extra input fields");
    refused(
        form("[{\"bucket\": \"other\"}, [\"eq\", \"$key\", \"up/a\"]]").with("key", "up/a"),
        "Policy Condition failed");
    refused(
        form("[[\"starts-with\", \"$key\", \"\"], [\"starts-with\", \"$Content-Type\", \"image/\"]]")
            .with("key", "a")
            .with("Content-Type", "image/png,text/html"),
        "Policy Condition failed");
    refused(form(KEY_ONLY), "Policy Condition failed");
    refused(form("[[\"starts-with\", \"$key\", \"\"]]").with("key", "a"), "it names no bucket");
  }

  @Test
  void refusesAnExpiredAndAnAllTooLongPolicy() throws Exception {
    Instant now = Instant.now();
    refused(
        new SignedForm(store, now.minusSeconds(1), KEY_ONLY).with("key", "up/a"), "Policy expired");
    refused(
        new SignedForm(store, now.plus(Duration.ofDays(8)), KEY_ONLY).with("key", "up/a"),
        "at most 7 days");
  }

  @Test
  void refusesAFileOfAnotherSizeAndKeepsNothingOfIt() throws Exception {
    String range =
        "[{\"bucket\": \"inbox\"}, [\"starts-with\", \"$key\", \"\"], [\"content-length-range\", %s]]";

    refused(form(range.formatted("9, 100")).with("key", "a"), "<Code>EntityTooSmall</Code>");
    refused(form(range.formatted("0, \"7\"")).with("key", "a"), "<Code>EntityTooLarge</Code>");
    assertThat(
            form(range.formatted("8, 8"))
                .with("key", "a")
                .post(store, "inbox", "x", FILE)
                .statusCode())
        .isEqualTo(204);
  }

  @Test
  void refusesAFormWithoutASignatureOrWithAnother() throws Exception {
    refused(form(KEY_ONLY).with("key", "up/a").without("policy"), "Anonymous forms are refused");
    refused(form(KEY_ONLY).with("key", "up/a").without("signature"), "AccessDenied");
    refused(form(KEY_ONLY).with("key", "up/a").with("signature", "x"), "SignatureDoesNotMatch");
    refused(form(KEY_ONLY).with("key", "up/a").with("AWSAccessKeyId", "x"), "InvalidAccessKeyId");
  }

  @Test
  void refusesASignedPolicyThatIsNone() throws Exception {
    List<String> policies =
        List.of(
            "{}",
            "[1]",
            "[{}]",
            "[{\"key\": 1}]",
            "[{\"a\": \"b\", \"key\": \"c\"}]",
            "[[\"eq\", \"$key\"]]",
            "[[\"like\", \"$key\", \"a\"]]",
            "[[\"eq\", \"key\", \"a\"]]",
            "[[\"content-length-range\", -1, 2]]",
            "[[\"content-length-range\", \"a\", \"b\"]]",
            "null",
            "[null]",
            "[");
    for (String conditions : policies) {
      refused(form(conditions).with("key", "up/a"), "<Code>InvalidPolicyDocument</Code>");
    }
  }

  @Test
  void refusesFieldsThatAreTooManyDoubledOrNoHeaders() throws Exception {
    refused(
        form(KEY_ONLY).with("x-ignore-a", "x".repeat(30_000)).with("key", "up/a"),
        "MaxPostPreDataLengthExceeded");
    refused(form(KEY_ONLY).with("key", "up/a").with("KEY", "up/b"), "twice");
    refused(
        form("[{\"bucket\": \"inbox\"}, [\"starts-with\", \"$key\", \"\"],"
                + " [\"starts-with\", \"$x-amz-meta-a\", \"\"]]")
            .with("key", "up/a")
            .with("x-amz-meta-a", "b\r\nx: y"),
        "InvalidArgument");
    refused(form(KEY_ONLY).with("key", "up/" + "k".repeat(1100)), "KeyTooLongError");
    refused(form("[{\"bucket\": \"inbox\"}]"), "must contain a field named 'key'");
  }

  @Test
  void keepsNothingOfAFormThatIsCutOff() throws Exception {
    byte[] whole = form(KEY_ONLY).with("key", "up/a").body("x", FILE);
    for (int cut = 1; cut < whole.length - 4; cut += 7) {
      byte[] body = Arrays.copyOf(whole, whole.length - 4 - cut);

      HttpResponse<String> answer = SignedForm.post(store, "inbox", body);

      assertThat(answer.body()).as("without %d bytes", cut).contains("MalformedPOSTRequest");
    }
    assertThat(StoreFiles.blobs(folder)).isEmpty();
  }

  @Test
  void refusesAFormWithNoFileOrTwo() throws Exception {
    String start = "--XyZ\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nup/a\r\n";
    String second = "Content-Disposition: form-data; name=\"file\"\r\n\r\nmore\r\n--XyZ--\r\n";
    byte[] one = form(KEY_ONLY).with("key", "up/a").body("x", FILE);
    String text = new String(one, StandardCharsets.UTF_8);
    String two = text.substring(0, text.length() - 4) + "\r\n" + second;

    assertThat(SignedForm.post(store, "inbox", bytes(start + "--XyZ--\r\n")).body())
        .contains("exactly one file");
    assertThat(SignedForm.post(store, "inbox", bytes(two)).body()).contains("exactly one file");
    assertThat(StoreFiles.blobs(folder)).isEmpty();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String withSuccess(String field) {
    return "[{\"bucket\": \"inbox\"}, [\"starts-with\", \"$key\", \"up/\"], [\"starts-with\", \"$"
        + field
        + "\", \"\"]]";
  }

  private SignedForm form(String conditions) {
    return new SignedForm(store, Instant.now().plusSeconds(600), conditions);
  }

  private void refused(SignedForm form, String reason) throws Exception {
    HttpResponse<String> answer = form.post(store, "inbox", "x", FILE);

    assertThat(answer.statusCode()).isBetween(400, 499);
    assertThat(answer.body()).contains(reason);
    assertThat(StoreFiles.blobs(folder)).isEmpty();
  }
}
