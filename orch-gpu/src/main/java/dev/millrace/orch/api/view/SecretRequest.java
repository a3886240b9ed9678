package dev.millrace.orch.api.view;

/**
 * The value of a secret.
 *
 * @param value 1 byte to 64 KiB of text, without NUL
 */
public record SecretRequest(String value) {
  @Override
  public String toString() {
    return "SecretRequest[hidden]";
  }
}
