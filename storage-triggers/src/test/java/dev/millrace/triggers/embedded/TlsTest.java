package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** A store with a certificate of its own. */
final class TlsTest {
  @TempDir static Path made;
  static X509Certificate first;
  static X509Certificate second;

  @TempDir Path folder;

  @BeforeAll
  static void makeCertificates() throws Exception {
    first = make("first", "EC");
    second = make("second", "RSA");
  }

  @Test
  void servesByTlsToOthersAndInPlainToItsOwnMachine() throws Exception {
    try (EmbeddedStore store = EmbeddedStore.start(config("first", "first"))) {
      assertThat(store.endpoint().getScheme()).isEqualTo("https");
      assertThat(shown(store, first)).isEqualTo(403);
      assertThatThrownBy(() -> shown(store, second)).isInstanceOf(IOException.class);
      assertThat(store.localEndpoint().getHost()).isEqualTo("127.0.0.1");
      try (S3Client s3 = StoreClients.sdk(store.localEndpoint(), StoreClients.credentials(store))) {
        s3.createBucket(r -> r.bucket("inbox"));
        assertThat(s3.listBuckets().buckets()).hasSize(1);
      }
    }
  }

  @Test
  void showsARenewedCertificateWithoutARestartAndKeepsTheOldWhileFilesDoNotFit() throws Exception {
    Path certificate = Files.copy(made.resolve("first.pem"), folder.resolve("certificate.pem"));
    Path key = Files.copy(made.resolve("first.key"), folder.resolve("key.pem"));
    StoreConfig.Tls tls = new StoreConfig.Tls(certificate, key, 0, Duration.ofMillis(20));
    StoreConfig config = StoreConfig.in(folder.resolve("store")).withTls(Optional.of(tls));
    try (EmbeddedStore store = EmbeddedStore.start(config)) {
      Files.copy(made.resolve("second.pem"), certificate, StandardCopyOption.REPLACE_EXISTING);
      assertThat(shown(store, first)).isEqualTo(403);

      Files.copy(made.resolve("second.key"), key, StandardCopyOption.REPLACE_EXISTING);

      Awaitility.await().ignoreExceptions().until(() -> shown(store, second) == 403);
    }
  }

  @Test
  void saysInOneSentenceWhatIsWrongWithAFile() throws IOException {
    assertSays("first", "second", "is not the key of the first certificate");
    assertSays("none", "first", "There is no certificate of the store at");
    assertSays("first", "none", "There is no key of the store at");
    Files.writeString(made.resolve("text.pem"), "hello");
    Files.writeString(made.resolve("text.key"), "hello");
    assertSays("text", "first", "There is no certificate in PEM form");
    assertSays("first", "text", "There is no private key in PEM form");
    Files.writeString(made.resolve("old.key"), pem("RSA PRIVATE KEY", new byte[10]));
    assertSays("first", "old", "openssl pkcs8 -topk8");
    Files.writeString(made.resolve("bad.key"), pem("PRIVATE KEY", new byte[10]));
    assertSays("first", "bad", "neither RSA, EC nor EdDSA");
    Files.writeString(made.resolve("bad.pem"), pem("CERTIFICATE", new byte[10]));
    assertSays("bad", "first", "There is no certificate in PEM form");
  }

  private void assertSays(String certificate, String key, String sentence) {
    assertThatThrownBy(() -> EmbeddedStore.start(config(certificate, key)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(sentence);
  }

  private StoreConfig config(String certificate, String key) {
    return StoreConfig.in(folder.resolve("store"))
        .withTls(
            Optional.of(
                new StoreConfig.Tls(
                    made.resolve(certificate + ".pem"),
                    made.resolve(key + ".key"),
                    0,
                    Duration.ofMinutes(1))));
  }

  /** The status of an anonymous request by a client that trusts that certificate alone. */
  private static int shown(EmbeddedStore store, X509Certificate trusted) throws Exception {
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry("trusted", trusted);
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trust);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    try (HttpClient http = HttpClient.newBuilder().sslContext(context).build()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(store.endpoint() + "/")).build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  /** Makes a certificate for this machine by the JDK's own tool, and writes both PEM files. */
  private static X509Certificate make(String name, String algorithm) throws Exception {
    Path store = made.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    "a",
                    "-keyalg",
                    algorithm,
                    "-dname",
                    "CN=" + name,
                    "-ext",
                    "SAN=IP:127.0.0.1",
                    "-validity",
                    "30",
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    "changeit",
                    "-keystore",
                    store.toString()))
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    X509Certificate certificate = (X509Certificate) keys.getCertificate("a");
    byte[] key = keys.getKey("a", "changeit".toCharArray()).getEncoded();
    Files.writeString(made.resolve(name + ".pem"), pem("CERTIFICATE", certificate.getEncoded()));
    Files.writeString(made.resolve(name + ".key"), pem("PRIVATE KEY", key));
    return certificate;
  }

  private static String pem(String kind, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n";
  }
}
