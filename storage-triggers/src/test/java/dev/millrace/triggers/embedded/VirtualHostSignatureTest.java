package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signature version 2 covers no host, so that a host may say nothing that matters. */
final class VirtualHostSignatureTest {
  private static final long END = Instant.now().getEpochSecond() + 3600;

  @TempDir Path folder;

  @Test
  void aUrlOfVersion2IsNoGoodForTheBucketOfAHost() throws Exception {
    try (EmbeddedStore store =
        EmbeddedStore.start(StoreConfig.in(folder).withDomain(Optional.of("s3.test")))) {
      assertThat(get(store, "other.s3.test")).contains("403").contains("covers no host");
      assertThat(get(store, "127.0.0.1")).doesNotContain("covers no host");
    }
  }

  private static String get(EmbeddedStore store, String host) throws IOException {
    String signature =
        SignedForm.hmacSha1(store.accessKey().secret().value(), "GET\n\n\n" + END + "\n/inbox/x");
    String target =
        "/inbox/x?AWSAccessKeyId="
            + store.accessKey().id()
            + "&Expires="
            + END
            + "&Signature="
            + URLEncoder.encode(signature, StandardCharsets.UTF_8);
    try (Socket socket = new Socket(store.endpoint().getHost(), store.endpoint().getPort());
        OutputStream out = socket.getOutputStream()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      out.write(
          ("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().transferTo(all);
      return all.toString(StandardCharsets.UTF_8);
    }
  }
}
