package dev.millrace.triggers.embedded.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChunkedBodyTest {
  /** The example of "Signature calculations for the Authorization header: chunked upload". */
  private static final SecretKey SECRET = new SecretKey("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

  private static final String SEED =
      "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
  private static final String FIRST =
      "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648";
  private static final String SECOND =
      "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497";
  private static final String LAST =
      "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9";

  @Test
  void readsTheDocumentedExample() throws IOException {
    assertThat(read(signed(documented(FIRST, SECOND, LAST)))).isEqualTo("a".repeat(65536 + 1024));
  }

  @Test
  void refusesAChunkWhoseSignatureOrDataWasChanged() {
    String good = documented(FIRST, SECOND, LAST);

    assertMismatch(documented(FIRST, SECOND, FIRST));
    assertMismatch(documented(SECOND, SECOND, LAST));
    assertMismatch(good.replaceFirst("aaaaaaaa", "aaaabaaa"));
    assertMismatch(good.replace(";chunk-signature=" + LAST, ""));
  }

  @Test
  void readsTrailers() throws IOException {
    ChunkedBody body =
        unsigned("5\r\nhello\r\n6\r\n world\r\n0\r\nX-Amz-Checksum-Crc32: DUoRhQ==\r\n\r\n");

    assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("hello world");
    assertThat(body.trailers()).containsEntry("x-amz-checksum-crc32", "DUoRhQ==");
  }

  /** The example of "Signature calculations: trailing headers", lines ended in both ways. */
  @ParameterizedTest
  @ValueSource(strings = {"\n\r\n", "\r\n", "\n"})
  void readsTheDocumentedExampleOfASignedTrailer(String end) throws IOException {
    ChunkedBody body = signedWithTrailer(end, "sOO8/Q==");

    assertThat(read(body)).isEqualTo("a".repeat(65536 + 1024));
    assertThat(body.trailers()).containsExactly(Map.entry("x-amz-checksum-crc32c", "sOO8/Q=="));
    assertThatThrownBy(() -> read(signedWithTrailer(end, "sOO8/A==")))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.SIGNATURE_DOES_NOT_MATCH));
    assertThatThrownBy(() -> read(signedWithTrailer("\r\n\r\n\r\n", "sOO8/Q==")))
        .isInstanceOf(Refusal.class);
  }

  private static ChunkedBody signedWithTrailer(String end, String sum) {
    String text =
        documented(
                    "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
                    "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
                    "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992")
                .replaceFirst("\r\n\r\n$", "\r\n")
            + "x-amz-checksum-crc32c:"
            + sum
            + end
            + "x-amz-trailer-signature:"
            + "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";
    Scope scope = new Scope("AKIAIOSFODNN7EXAMPLE", "20130524", "us-east-1", "s3");
    ChunkSigner signer =
        new ChunkSigner(
            Signing.key(SECRET, scope),
            "20130524T000000Z",
            scope.text(),
            "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e");
    return body(text, new PayloadHash.Chunked(Optional.of(signer), true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "5\r\n",
        "5\r\nhel",
        "5\r\nhello",
        "5\r\nhello\r\n",
        "5\r\nhello\r\n0\r\n",
        "5\r\nhello world\r\n0\r\n\r\n",
        "x\r\nhello\r\n",
        "\r\n",
        "-5\r\nhello\r\n",
        "5\nhello\n0\n\n",
        "fffffffffffffffff\r\n",
        "0\r\nno-colon\r\n\r\n",
        "0\r\n:v\r\n\r\n"
      })
  void refusesWhatIsNotAChunkedBody(String text) {
    assertThatThrownBy(() -> unsigned(text).readAllBytes()).isInstanceOf(Refusal.class);
  }

  @Test
  void refusesALineWithoutEnd() {
    assertThatThrownBy(() -> unsigned("5;" + "x".repeat(100_000)).readAllBytes())
        .isInstanceOf(Refusal.class);
  }

  private static void assertMismatch(String text) {
    assertThatThrownBy(() -> read(signed(text)))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.SIGNATURE_DOES_NOT_MATCH));
  }

  private static String documented(String first, String second, String last) {
    return "10000;chunk-signature="
        + first
        + "\r\n"
        + "a".repeat(65536)
        + "\r\n400;chunk-signature="
        + second
        + "\r\n"
        + "a".repeat(1024)
        + "\r\n0;chunk-signature="
        + last
        + "\r\n\r\n";
  }

  private static String read(ChunkedBody body) throws IOException {
    return new String(body.readAllBytes(), StandardCharsets.UTF_8);
  }

  private static ChunkedBody signed(String text) {
    Scope scope = new Scope("AKIAIOSFODNN7EXAMPLE", "20130524", "us-east-1", "s3");
    ChunkSigner signer =
        new ChunkSigner(Signing.key(SECRET, scope), "20130524T000000Z", scope.text(), SEED);
    return body(text, new PayloadHash.Chunked(Optional.of(signer), false));
  }

  private static ChunkedBody unsigned(String text) {
    return body(text, new PayloadHash.Chunked(Optional.empty(), true));
  }

  private static ChunkedBody body(String text, PayloadHash.Chunked form) {
    return new ChunkedBody(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), form);
  }
}
