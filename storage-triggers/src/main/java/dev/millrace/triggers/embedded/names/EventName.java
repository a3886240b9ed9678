package dev.millrace.triggers.embedded.names;

import java.util.Arrays;

/** What happened to an object, in the words of S3 notices. */
public enum EventName {
  CREATED_PUT("ObjectCreated:Put"),
  CREATED_POST("ObjectCreated:Post"),
  CREATED_COPY("ObjectCreated:Copy"),
  CREATED_COMPLETE_MULTIPART_UPLOAD("ObjectCreated:CompleteMultipartUpload"),
  REMOVED_DELETE("ObjectRemoved:Delete");

  private final String text;

  EventName(String text) {
    this.text = text;
  }

  /** The name as in a notice. */
  public String text() {
    return text;
  }

  /** Whether an object is there now. */
  public boolean isCreated() {
    return this != REMOVED_DELETE;
  }

  /** The event of that name. */
  public static EventName parse(String text) {
    return Arrays.stream(values())
        .filter(name -> name.text.equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("Not an event name: " + text));
  }
}
