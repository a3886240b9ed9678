package dev.millrace.schema.json;

import java.io.IOException;

/** Text from outside that is not the JSON that it should be. */
public final class MalformedJson extends IOException {
  private static final long serialVersionUID = 1L;

  public MalformedJson(String message) {
    super(message);
  }
}
