package dev.millrace.orch.journal;

/**
 * A secret as it is kept: no one reads its value without the key file.
 *
 * @param sealed base64 of nonce, ciphertext and tag; never the same twice
 */
public record SealedSecret(StoredSecret about, String sealed) {
  @Override
  public String toString() {
    return "SealedSecret[" + about.name() + "]";
  }
}
