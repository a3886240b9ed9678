package dev.millrace.triggers.webhook;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What a sender must know. Only its digest is kept, and its text form shows nothing. */
public final class WebhookSecret {
  private static final int CHARACTERS_MIN = 16;

  private final byte[] digest;

  /**
   * This secret.
   *
   * @throws IllegalArgumentException when it is shorter than 16 characters
   */
  public WebhookSecret(String secret) {
    if (secret.length() < CHARACTERS_MIN) {
      throw new IllegalArgumentException(
          "a webhook's token must have "
              + CHARACTERS_MIN
              + " characters or more, this one has "
              + secret.length());
    }
    this.digest = digest(secret);
  }

  /** Whether it is the one; takes the same time whatever is presented. */
  boolean matches(String presented) {
    return MessageDigest.isEqual(digest, digest(presented));
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "WebhookSecret[hidden]";
  }
}
