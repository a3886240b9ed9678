package dev.millrace.orch.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/**
 * An attempt's log as it comes.
 *
 * @param running whether the attempt runs, so that more may come
 * @param full whether what comes then is shown when the attempt has ended alone
 */
public record LogText(InputStream bytes, boolean running, boolean full) implements Closeable {
  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
