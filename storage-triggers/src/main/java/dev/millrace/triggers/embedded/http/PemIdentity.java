package dev.millrace.triggers.embedded.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate chain and its key in PEM files, as certificate authorities hand them out: the
 * server's own certificate first, the key in PKCS#8 without a passphrase. What is wrong with a file
 * is said in one sentence.
 */
record PemIdentity(List<Certificate> chain, PrivateKey key) {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final byte[] PROBE = "millrace".getBytes(StandardCharsets.US_ASCII);
  private static final String TO_PKCS8 = "openssl pkcs8 -topk8 -nocrypt -in KEY -out NEW-KEY";

  PemIdentity {
    chain = List.copyOf(chain);
  }

  /**
   * Reads both files.
   *
   * @throws IOException with one sentence for whoever wrote the configuration
   */
  static PemIdentity read(Path certificate, Path key, Instant now) throws IOException {
    List<Certificate> chain = chain(certificate);
    X509Certificate own = (X509Certificate) chain.getFirst();
    try {
      own.checkValidity();
    } catch (CertificateException e) {
      throw new IOException(
          "The certificate in " + certificate + " is not valid at " + now + ".", e);
    }
    PrivateKey secret = key(key);
    if (!belongTogether(own.getPublicKey(), secret)) {
      throw new IOException(
          "The key in "
              + key
              + " is not the key of the first certificate in "
              + certificate
              + " (CN or name: "
              + own.getSubjectX500Principal()
              + ").");
    }
    return new PemIdentity(chain, secret);
  }

  /** The same as Jetty wants it. */
  KeyStore keyStore(char[] password) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, password);
      store.setKeyEntry("store", key, password, chain.toArray(new Certificate[0]));
      return store;
    } catch (GeneralSecurityException e) {
      throw new IOException("This JDK cannot keep the certificate of the store", e);
    }
  }

  private static List<Certificate> chain(Path file) throws IOException {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      byte[] text = text(file, "certificate").getBytes(StandardCharsets.ISO_8859_1);
      List<Certificate> chain =
          List.copyOf(factory.generateCertificates(new ByteArrayInputStream(text)));
      if (!chain.isEmpty()) {
        return chain;
      }
    } catch (CertificateException e) {
      throw new IOException("There is no certificate in PEM form in " + file + ".", e);
    }
    throw new IOException("There is no certificate in PEM form in " + file + ".");
  }

  private static PrivateKey key(Path file) throws IOException {
    Matcher block = BLOCK.matcher(text(file, "key"));
    while (block.find()) {
      String kind = block.group(1);
      if (kind.equals("PRIVATE KEY")) {
        return decoded(file, block.group(2));
      }
      if (kind.endsWith("PRIVATE KEY")) {
        throw new IOException(
            "The key in "
                + file
                + " is in the form \""
                + kind
                + "\", not \"PRIVATE KEY\"; convert it: "
                + TO_PKCS8);
      }
    }
    throw new IOException("There is no private key in PEM form in " + file + ".");
  }

  private static PrivateKey decoded(Path file, String base64) throws IOException {
    PKCS8EncodedKeySpec encoded;
    try {
      encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new IOException("The private key in " + file + " is not Base64.", e);
    }
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException e) {
        continue;
      } catch (GeneralSecurityException e) {
        throw new IOException("This JDK has no " + algorithm + " keys", e);
      }
    }
    throw new IOException("The private key in " + file + " is neither RSA, EC nor EdDSA.");
  }

  private static boolean belongTogether(PublicKey open, PrivateKey secret) {
    String algorithm =
        switch (secret.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "EdDSA";
        };
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(secret);
      signature.update(PROBE);
      byte[] made = signature.sign();
      signature.initVerify(open);
      signature.update(PROBE);
      return signature.verify(made);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String text(Path file, String what) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new IOException("There is no " + what + " of the store at " + file + ".", e);
    } catch (IOException e) {
      throw new IOException(
          "The " + what + " of the store in " + file + " cannot be read: " + e + ".", e);
    }
  }
}
