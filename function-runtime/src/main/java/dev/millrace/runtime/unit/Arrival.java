package dev.millrace.runtime.unit;

import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * A file in which an object's bytes arrive, over as many connections as it takes, with the SHA-256
 * of all that came. Only the newest connection's bytes are taken.
 */
final class Arrival implements AutoCloseable {
  private static final int BUFFER = 1 << 14;

  // Not a FileChannel: an interrupt would close it.
  private final RandomAccessFile file;
  private final long sizeMax;
  private final byte[] buffer = new byte[BUFFER];
  private MessageDigest digest = Hex.sha256();
  private int connection;
  private volatile long size;

  /**
   * @param sizeMax bytes; more is an error of the connection that brings them
   */
  Arrival(Path target, long sizeMax) throws IOException {
    this.sizeMax = sizeMax;
    this.file = new RandomAccessFile(target.toFile(), "rw");
  }

  /** How many bytes are there. */
  long size() {
    return size;
  }

  synchronized String sha256() {
    return Hex.of(digest.digest());
  }

  /** Lets go of all that came. */
  synchronized void startOver() throws IOException {
    file.setLength(0);
    file.seek(0);
    digest = Hex.sha256();
    size = 0;
  }

  /** Takes no byte more of the connection that was the newest. */
  synchronized void cut() {
    connection++;
  }

  private synchronized void take(int from, List<ByteBuffer> buffers) throws IOException {
    if (from != connection) {
      throw new IOException("the connection was given up");
    }
    for (ByteBuffer some : buffers) {
      if (some.remaining() > sizeMax - size) {
        throw new IOException("there is more than the " + sizeMax + " bytes that are wanted");
      }
      while (some.hasRemaining()) {
        int count = Math.min(BUFFER, some.remaining());
        some.get(buffer, 0, count);
        file.write(buffer, 0, count);
        digest.update(buffer, 0, count);
        size += count;
      }
    }
  }

  /** Takes a body behind what is there. */
  synchronized BodySubscriber<Long> more() {
    return new Body(++connection);
  }

  private final class Body implements BodySubscriber<Long> {
    private final int number;
    private final CompletableFuture<Long> whole = new CompletableFuture<>();
    private Flow.Subscription subscription =
        new Flow.Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {}
        };

    Body(int number) {
      this.number = number;
    }

    @Override
    public CompletionStage<Long> getBody() {
      return whole;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      subscription.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      try {
        take(number, buffers);
        subscription.request(1);
      } catch (IOException e) {
        subscription.cancel();
        whole.completeExceptionally(e);
      }
    }

    @Override
    public void onError(Throwable failure) {
      whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      whole.complete(size);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    connection++;
    file.close();
  }
}
