package dev.millrace.triggers.embedded.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FormPartsTest {
  private static final String TYPE = "multipart/form-data; boundary=B0undary";
  private static final String FILE =
      "--B0undary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";

  @Test
  void givesPartsInTheirOrderWithNamesInAnyAlphabet() throws IOException {
    String body =
        "a preamble\r\n--B0undary\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nü 日\r\n"
            + "--B0undary\r\ncontent-disposition: form-data; name=file;"
            + " filename=\"C:\\dir\\ö.txt\"\r\nContent-Type: text/plain\r\n\r\nbytes\r\n"
            + "--B0undary--\r\nan epilogue";
    FormParts parts = parts(body.getBytes(StandardCharsets.UTF_8));

    assertThat(parts.next()).contains(new FormParts.Part("key", Optional.empty()));
    assertThat(parts.readAllBytes()).isEqualTo("ü 日".getBytes(StandardCharsets.UTF_8));
    assertThat(parts.next()).contains(new FormParts.Part("file", Optional.of("ö.txt")));
    assertThat(parts.readAllBytes()).isEqualTo("bytes".getBytes(StandardCharsets.UTF_8));
    assertThat(parts.next()).isEmpty();
  }

  /** Whatever the network cuts the body into, and however near the bytes come to the boundary. */
  @Test
  void givesBackEveryByteOfAFileThatResemblesItsBoundary() throws IOException {
    Random random = new Random(20261122);
    String[] pieces = {"\r\n", "--B0undary", "\r\n--B0undar", "--", "\r", "\n", "x", "\r\n--B"};
    for (int round = 0; round < 300; round++) {
      StringBuilder file = new StringBuilder();
      for (int i = random.nextInt(30); i > 0; i--) {
        file.append(pieces[random.nextInt(pieces.length)]);
      }
      String text = file.toString().replace("\n--B0undary", "\n--B0undarx");
      byte[] body = (FILE + text + "\r\n--B0undary--\r\n").getBytes(StandardCharsets.UTF_8);
      FormParts parts = FormParts.of(trickling(body, random), TYPE);
      parts.next();

      String read = new String(parts.readAllBytes(), StandardCharsets.UTF_8);

      assertThat(HexFormat.ofDelimiter(" ").formatHex(read.getBytes(StandardCharsets.UTF_8)))
          .as("round %d", round)
          .isEqualTo(HexFormat.ofDelimiter(" ").formatHex(text.getBytes(StandardCharsets.UTF_8)));
      assertThat(parts.next()).isEmpty();
    }
  }

  @Test
  void givesBackAFileOfManyBuffers() throws IOException {
    byte[] file = new byte[1 << 20];
    new Random(7).nextBytes(file);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(FILE.getBytes(StandardCharsets.UTF_8));
    body.writeBytes(file);
    body.writeBytes("\r\n--B0undary--\r\n".getBytes(StandardCharsets.UTF_8));
    FormParts parts = parts(body.toByteArray());
    parts.next();

    assertThat(parts.readAllBytes()).isEqualTo(file);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no boundary at all",
        "--B0undary\r\n",
        "--B0undary\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B0undary--\r\n",
        "--B0undary\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--B0undary--\r\n",
        "--B0undary\r\n\r\nx\r\n--B0undary--\r\n",
        "--B0undary\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx",
        "--B0undary\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--B0undary",
        "--B0undary\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--B0undary\r\n",
        "--B0undary\r\nContent-Dis"
      })
  void refusesABodyThatIsNoForm(String body) {
    assertMalformed(() -> {
      FormParts parts = parts(body.getBytes(StandardCharsets.UTF_8));
      while (parts.next().isPresent()) {
        parts.readAllBytes();
      }
    });
  }

  @Test
  void refusesHeadersWithoutEndAndPartsWithoutEnd() {
    String header = "--B0undary\r\nContent-Disposition: form-data; name=\"";
    assertMalformed(
        () -> parts((header + "x".repeat(20_000)).getBytes(StandardCharsets.UTF_8)).next());
    String part = header + "a\"\r\n\r\n1\r\n";
    assertMalformed(() -> {
      FormParts parts = parts(part.repeat(1000).getBytes(StandardCharsets.UTF_8));
      while (parts.next().isPresent()) {
        parts.readAllBytes();
      }
    });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\""
      })
  void refusesATypeWithoutABoundary(String type) {
    assertMalformed(() -> FormParts.of(InputStream.nullInputStream(), type));
  }

  private static FormParts parts(byte[] body) {
    return FormParts.of(new ByteArrayInputStream(body), TYPE);
  }

  private static InputStream trickling(byte[] body, Random random) {
    return new ByteArrayInputStream(body) {
      @Override
      public int read(byte[] bytes, int offset, int length) {
        return super.read(bytes, offset, Math.min(length, 1 + random.nextInt(9)));
      }
    };
  }

  private static void assertMalformed(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.MALFORMED_POST_REQUEST));
  }
}
