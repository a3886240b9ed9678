package dev.millrace.runtime.container;

import dev.millrace.schema.run.Printed;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a container that runs has printed, for who reads along: the beginning of what its log will
 * be. It is asked of the engine for as long as somebody reads.
 */
final class LiveOutput implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(LiveOutput.class.getName());
  private static final Duration IDLE = Duration.ofSeconds(15);
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final EngineDoor door;
  private final String container;
  private final long bytesMax;
  private final Ticker ticker;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Printed text = new Printed(0);
  private @Nullable Thread following;
  private long begunAt;
  private long readAt;

  LiveOutput(EngineDoor door, String container, long logMaxBytes, DockerRunner.Clocks clocks) {
    this.door = door;
    this.container = container;
    this.bytesMax = KeptOutput.headBytes(logMaxBytes);
    this.ticker = clocks.ticker();
  }

  /**
   * A part of it; empty at first, when the engine is only just asked.
   *
   * @param runs whether there can be more than is known
   */
  byte[] read(long from, int most, boolean runs) {
    lock.lock();
    try {
      readAt = ticker.nanos();
      if (following == null && runs && !complete()) {
        follow();
      }
    } finally {
      lock.unlock();
    }
    return text.read(from, most);
  }

  private boolean complete() {
    return text.size() > 0 && text.full()
        || begunAt != 0 && ticker.nanos() - begunAt < AGAIN.toNanos();
  }

  /** From the beginning: what was printed while nobody read is wanted too. */
  private void follow() {
    begunAt = ticker.nanos();
    Printed fresh = new Printed(bytesMax);
    following = Thread.ofVirtual().name("output of " + container).start(() -> follow(fresh));
  }

  private void follow(Printed fresh) {
    try {
      door.engine().follow(container, new Kept(fresh));
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the output of {0} is followed no more: {1}", container, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.lock();
      following = null;
      lock.unlock();
    }
  }

  /** Lets go of the engine when nobody has read for a while. */
  void rest() {
    lock.lock();
    try {
      if (following != null && ticker.nanos() - readAt > IDLE.toNanos()) {
        following.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (following != null) {
        following.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes what the engine sends, until there is enough; shown once it is as much as before. */
  private final class Kept extends OutputStream {
    private final Printed fresh;

    Kept(Printed fresh) {
      this.fresh = fresh;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      byte[] more = Arrays.copyOfRange(bytes, offset, offset + length);
      int taken = fresh.add(more, length);
      if (text != fresh && fresh.size() >= text.size()) {
        text = fresh;
      }
      if (taken < length || fresh.full()) {
        throw new IOException("that is as much of the output as is read along with");
      }
    }
  }
}
