package dev.millrace.triggers.embedded.signature;

/** A secret access key. Its text form says nothing. */
public record SecretKey(String value) {
  @Override
  public String toString() {
    return "SecretKey[hidden]";
  }
}
