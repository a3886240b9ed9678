package dev.millrace.orch.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpAnswersTest {
  private static final String THREE =
      """
      HTTP/1.1 200 OK
      Content-Type: application/json
      content-length: 5

      12345\
      HTTP/1.1 404 Not Found
      Transfer-Encoding: chunked

      3
      abc
      1A
      abcdefghijklmnopqrstuvwxyz
      0

      HTTP/1.1 204 No Content

      """
          .replace("\n", "\r\n");

  /** However the bytes come: one by one, or all at once. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 64, 10_000})
  void tellsTheStatusOfEachAndPassesOverTheBodies(int atOnce) throws Exception {
    HttpAnswers answers = answers(THREE, atOnce);

    assertThat(answers.next()).isEqualTo(200);
    assertThat(answers.next()).isEqualTo(404);
    assertThat(answers.next()).isEqualTo(204);
    assertThatThrownBy(answers::next).isInstanceOf(EOFException.class);
  }

  @Test
  void passesOverABodyThatIsLargerThanItKeeps() throws Exception {
    int length = 300_000;
    String text =
        "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n" + "x".repeat(length) + THREE;
    HttpAnswers answers = answers(text, 10_000);

    assertThat(answers.next()).isEqualTo(200);
    assertThat(answers.next()).isEqualTo(200);
    assertThat(answers.next()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"
      })
  void failsWhenTheServerHangsUp(String text) {
    assertThatThrownBy(answers(text, 3)::next).isInstanceOf(EOFException.class);
  }

  private static HttpAnswers answers(String text, int atOnce) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return new HttpAnswers(
        new InputStream() {
          private final InputStream all = new ByteArrayInputStream(bytes);

          @Override
          public int read() {
            throw new UnsupportedOperationException();
          }

          @Override
          public int read(byte[] into, int from, int length) throws java.io.IOException {
            return all.read(into, from, Math.min(length, atOnce));
          }
        });
  }
}
