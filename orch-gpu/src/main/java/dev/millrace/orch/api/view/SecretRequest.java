package dev.millrace.orch.api.view;

/**
 * The value of a secret.
 *
 * @param value 1 byte to 64 KiB of text, without NUL
 */
public record SecretRequest(String value) {
  /** The type of problem that a value is answered with where others may read it on its way. */
  public static final String NOT_SAFE = "/problems/not-safe";

  @Override
  public String toString() {
    return "SecretRequest[hidden]";
  }
}
