package dev.millrace.triggers.embedded.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The examples of "Signing and authenticating REST requests", and URLs that boto3 1.43 pre-signed,
 * all with the key of those examples.
 */
final class SignatureVersion2Test {
  private static final AccessKey KEY =
      new AccessKey(
          "AKIAIOSFODNN7EXAMPLE",
          new SecretKey("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
          "main");

  /** When the URLs below were pre-signed, for an hour. */
  private static final Instant SIGNED = Instant.ofEpochSecond(1_795_348_800L);

  private static final String OWN =
      "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1795352400&Signature=";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET | /johnsmith/photos/puppy.jpg | | | 19:36:42 | bWq2s1WEIj+Ydj0vQ697zp+IXMU=
          PUT | /johnsmith/photos/puppy.jpg | | image/jpeg | 21:15:45 | MyyxeRY7whkBe+bq8fHCL/2kKUg=
          GET | /johnsmith/ | prefix=photos&max-keys=50 | | 19:42:41 | htDYFYduRNen8P9ZfE/s9SuKy0U=
          GET | /johnsmith | acl | | 19:44:46 | c2WLPFtWHVgbEmeEG93a4cG37dM=
          GET | /johnsmith/ | acl | | 19:44:46 | c2WLPFtWHVgbEmeEG93a4cG37dM=
          """)
  void agreesWithTheDocumentedExamples(
      String method,
      String path,
      @Nullable String query,
      @Nullable String type,
      String time,
      String signature) {
    List<SignedRequest.Header> headers = new ArrayList<>();
    headers.add(new SignedRequest.Header("Date", "Tue, 27 Mar 2007 " + time + " +0000"));
    headers.add(new SignedRequest.Header("Authorization", "AWS AKIAIOSFODNN7EXAMPLE:" + signature));
    if (type != null) {
      headers.add(new SignedRequest.Header("Content-Type", type));
    }
    SignedRequest request =
        new SignedRequest(method, path, Query.parse(query == null ? "" : query), headers);

    Instant now = Instant.parse("2007-03-27T" + time + "Z");

    assertThat(verifier(now).verify(request).caller()).isEqualTo(KEY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET | /inbox/a%20b/%C3%BC%2B%25.txt | response-content-type=text%2Fplain%3B%20a%3Db%20c&response-content-disposition=attachment%3B%20filename%3D%22%C3%BC.txt%22 | ODQVEZhnpt021U2qOi2RwapM77w%3D
          PUT | /inbox/x | content-type=text%2Fplain&x-amz-meta-a=1&content-md5=1B2M2Y8AsgTpgAmY7PhCfg%3D%3D | zpwTOnvzgRkY9Y%2FYIthWRtVslDo%3D
          HEAD | /inbox/x | | RER2%2FnC2AyDOqzrT18gJoCf%2FBvc%3D
          PUT | /inbox/x | uploadId=u&partNumber=2 | zbNPCOMpFIgO8%2BIJnSV2jX4X8PQ%3D
          GET | /inbox/x | tagging | PX9FsMpnZjgJDLishjP3XKubTp0%3D
          """)
  void agreesWithBoto3OnPresignedUrls(
      String method, String path, @Nullable String query, String signature) {
    String all = (query == null ? "" : query + "&") + OWN + signature;
    SignedRequest request = new SignedRequest(method, path, Query.parse(all), List.of());

    SignatureVerifier.Verified verified = verifier(SIGNED).verify(request);

    assertThat(verified.caller()).isEqualTo(KEY);
    assertThat(verified.payload()).isEqualTo(new PayloadHash.Unsigned());
    assertThat(verified.request().query().has("Signature")).isFalse();
  }

  @Test
  void takesWhatTheUrlSaysOfHeadersAsHeaders() {
    SignedRequest meant = verifier(SIGNED).verify(put(List.of())).request();

    assertThat(meant.header("x-amz-meta-a")).contains("1");
    assertThat(meant.header("content-type")).contains("text/plain");
    assertThat(meant.query().parameters()).isEmpty();
  }

  @Test
  void countsAHeaderThatTheUrlRepeatsOnce() {
    SignedRequest meant =
        verifier(SIGNED)
            .verify(put(List.of(new SignedRequest.Header("X-Amz-Meta-A", "1"))))
            .request();

    assertThat(meant.headers()).filteredOn(h -> h.name().equals("x-amz-meta-a")).hasSize(1);
  }

  @Test
  void refusesAHeaderOtherThanThatInTheUrl() {
    assertCode(
        SIGNED,
        put(List.of(new SignedRequest.Header("X-Amz-Meta-A", "2"))),
        ErrorCode.ACCESS_DENIED);
    assertCode(
        SIGNED,
        put(List.of(new SignedRequest.Header("x-amz-copy-source", "/other/secret"))),
        ErrorCode.SIGNATURE_DOES_NOT_MATCH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"prefix=secret", "list-type=2", "max-keys=1", "X-Unknown=1"})
  void refusesAParameterThatTheSignatureDoesNotCover(String added) {
    assertCode(SIGNED, head(added + "&"), ErrorCode.INVALID_REQUEST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"acl", "tagging", "uploadId=u", "x-amz-copy-source=/a/b", "X-Amz-Acl=private"})
  void refusesASubResourceOrHeaderAddedToTheUrl(String added) {
    assertCode(SIGNED, head(added + "&"), ErrorCode.SIGNATURE_DOES_NOT_MATCH);
  }

  @Test
  void refusesAUrlAfterItsTime() {
    assertThat(verifier(SIGNED.plusSeconds(3600)).verify(head(""))).isNotNull();
    assertCode(SIGNED.plusSeconds(3601), head(""), ErrorCode.ACCESS_DENIED);
  }

  @Test
  void refusesAUrlThatHoldsLongerThanAWeek() {
    assertCode(SIGNED.minusSeconds(7 * 24 * 3600), head(""), ErrorCode.ACCESS_DENIED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-1", "99999999999999999999", "1795352400.5", "0x10"})
  void refusesAnExpiryThatIsNoTime(String expires) {
    String query = "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=x&Expires=" + expires;
    SignedRequest request = new SignedRequest("GET", "/inbox/x", Query.parse(query), List.of());

    assertCode(SIGNED, request, ErrorCode.ACCESS_DENIED);
  }

  @Test
  void refusesAQueryWithoutOneOfItsThreeParts() {
    for (String query :
        List.of(
            "AWSAccessKeyId=a&Signature=b",
            "AWSAccessKeyId=a&Expires=1",
            "Signature=b&Expires=9999999999")) {
      SignedRequest request = new SignedRequest("GET", "/inbox/x", Query.parse(query), List.of());

      assertCode(SIGNED, request, ErrorCode.ACCESS_DENIED);
    }
  }

  @Test
  void refusesAnUnknownKeyAndEachChangedSignature() {
    String good = "RER2/nC2AyDOqzrT18gJoCf/Bvc=";
    for (int i = 0; i < good.length(); i++) {
      char other = good.charAt(i) == 'A' ? 'B' : 'A';
      String changed = good.substring(0, i) + other + good.substring(i + 1);
      String query = OWN + PercentEncoding.encode(changed);
      SignedRequest request = new SignedRequest("HEAD", "/inbox/x", Query.parse(query), List.of());

      assertCode(SIGNED, request, ErrorCode.SIGNATURE_DOES_NOT_MATCH);
    }
    String unknown = "AWSAccessKeyId=WHO&Expires=1795352400&Signature=x";
    assertCode(
        SIGNED,
        new SignedRequest("HEAD", "/inbox/x", Query.parse(unknown), List.of()),
        ErrorCode.INVALID_ACCESS_KEY_ID);
  }

  @Test
  void refusesSignaturesOfTwoKindsAtOnce() {
    SignedRequest both =
        new SignedRequest(
            "HEAD",
            "/inbox/x",
            head("").query(),
            List.of(new SignedRequest.Header("Authorization", "AWS a:b")));
    SignedRequest twoInTheQuery = head("X-Amz-Signature=x&");

    assertCode(SIGNED, both, ErrorCode.INVALID_ARGUMENT);
    assertCode(SIGNED, twoInTheQuery, ErrorCode.INVALID_ARGUMENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "events",
        "events&after=0",
        "x-amz-acl=public-read",
        "prefix=photos&who=me",
        "Acl"
      })
  void refusesWhatASignedHeaderDoesNotCover(String query) {
    SignedRequest request =
        new SignedRequest(
            "GET",
            "/johnsmith/",
            Query.parse(query),
            List.of(
                new SignedRequest.Header("Date", "Tue, 27 Mar 2007 19:42:41 +0000"),
                new SignedRequest.Header(
                    "Authorization", "AWS AKIAIOSFODNN7EXAMPLE:htDYFYduRNen8P9ZfE/s9SuKy0U=")));

    assertCode(Instant.parse("2007-03-27T19:42:41Z"), request, ErrorCode.INVALID_REQUEST);
  }

  @Test
  void refusesSignedHeadersOutsideAQuarterOfAnHour() {
    SignedRequest request =
        new SignedRequest(
            "GET",
            "/johnsmith/photos/puppy.jpg",
            new Query(List.of()),
            List.of(
                new SignedRequest.Header("Date", "Tue, 27 Mar 2007 19:36:42 +0000"),
                new SignedRequest.Header(
                    "Authorization", "AWS AKIAIOSFODNN7EXAMPLE:bWq2s1WEIj+Ydj0vQ697zp+IXMU=")));

    assertThat(verifier(Instant.parse("2007-03-27T19:51:42Z")).verify(request)).isNotNull();
    assertCode(Instant.parse("2007-03-27T19:51:43Z"), request, ErrorCode.REQUEST_TIME_TOO_SKEWED);
  }

  private static SignedRequest put(List<SignedRequest.Header> headers) {
    String query =
        OWN
            + "zpwTOnvzgRkY9Y%2FYIthWRtVslDo%3D&content-type=text%2Fplain&x-amz-meta-a=1"
            + "&content-md5=1B2M2Y8AsgTpgAmY7PhCfg%3D%3D";
    return new SignedRequest("PUT", "/inbox/x", Query.parse(query), headers);
  }

  private static SignedRequest head(String added) {
    String query = added + OWN + "RER2%2FnC2AyDOqzrT18gJoCf%2FBvc%3D";
    return new SignedRequest("HEAD", "/inbox/x", Query.parse(query), List.of());
  }

  private static SignatureVerifier verifier(Instant now) {
    return new SignatureVerifier(
        id -> id.equals(KEY.id()) ? Optional.of(KEY) : Optional.empty(), () -> now);
  }

  private static void assertCode(Instant now, SignedRequest request, ErrorCode code) {
    assertThatThrownBy(() -> verifier(now).verify(request))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }
}
