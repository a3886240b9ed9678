package dev.millrace.schema.object;

import java.io.IOException;
import java.io.InputStream;

/** An object's bytes being read, with the head of the very answer that carries them. */
public record ObjectBody(ObjectHead head, InputStream stream) implements AutoCloseable {
  @Override
  public void close() throws IOException {
    stream.close();
  }
}
