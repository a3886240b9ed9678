package dev.millrace.orch.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * Reads a body as long as it stays small and comes in time. A sender that drips a byte now and then
 * is never idle: the time is that of the whole body.
 */
record PatientBody(int maxBytes, Duration time) {

  /** What became of it. */
  sealed interface Reading {}

  /** All of it. */
  @SuppressWarnings("ArrayRecordComponent")
  record Whole(byte[] bytes) implements Reading {}

  /** More than is taken here. */
  record TooLarge() implements Reading {}

  /** It did not come in time. */
  record TooSlow() implements Reading {}

  Reading read(Request request) throws IOException, InterruptedException {
    if (request.getLength() > maxBytes) {
      return new TooLarge();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Semaphore more = new Semaphore(0);
    long began = System.nanoTime();
    while (true) {
      Content.Chunk chunk = request.read();
      if (chunk == null) {
        request.demand(more::release);
        long left = time.toNanos() - (System.nanoTime() - began);
        if (left <= 0 || !more.tryAcquire(left, TimeUnit.NANOSECONDS)) {
          return new TooSlow();
        }
        continue;
      }
      if (Content.Chunk.isFailure(chunk)) {
        throw new IOException("the body broke off", chunk.getFailure());
      }
      boolean fits = bytes.size() + chunk.remaining() <= maxBytes;
      if (fits) {
        take(chunk, bytes);
      }
      chunk.release();
      if (!fits) {
        return new TooLarge();
      }
      if (chunk.isLast()) {
        return new Whole(bytes.toByteArray());
      }
    }
  }

  private static void take(Content.Chunk chunk, ByteArrayOutputStream into) {
    byte[] part = new byte[chunk.remaining()];
    chunk.getByteBuffer().get(part);
    into.writeBytes(part);
  }
}
