package dev.millrace.runtime.channel;

import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** How an introduction reaches the coordinator. */
@FunctionalInterface
public interface Introducing {
  /**
   * Hands it over; answers with the welcome.
   *
   * @throws CoordinatorHttp.Denied when the coordinator does not want this provider
   */
  SignedBytes introduce(SignedBytes introduction) throws IOException, InterruptedException;

  /** Over HTTP. */
  static Introducing over(CoordinatorHttp http) {
    return introduction -> {
      byte[] line = introduction.line().getBytes(StandardCharsets.US_ASCII);
      byte[] answer = http.post("/v1/providers/introduce", "text/plain", line);
      try {
        return SignedBytes.parse(new String(answer, StandardCharsets.US_ASCII));
      } catch (IllegalArgumentException e) {
        throw new IOException("the coordinator's welcome cannot be read: " + e.getMessage(), e);
      }
    };
  }
}
