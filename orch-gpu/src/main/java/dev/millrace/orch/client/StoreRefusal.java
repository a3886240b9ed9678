package dev.millrace.orch.client;

import java.io.IOException;

/** A store answered that it does not do what it was asked. */
final class StoreRefusal extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  /**
   * @param code as S3 calls it; empty when the answer had none
   */
  StoreRefusal(String what, int status, String code) {
    this(what, status, code, "");
  }

  /**
   * @param words what the store says about it; empty when it says nothing
   */
  StoreRefusal(String what, int status, String code, String words) {
    super(
        what
            + " was answered with HTTP "
            + status
            + (code.isEmpty() ? "" : " (" + code + ")")
            + (words.isEmpty() ? "" : ": " + words));
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }
}
