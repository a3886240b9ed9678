package dev.millrace.runtime.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A shell in a session of its own that starts wrappers by forking, and tells when each has ended.
 * It ends with this process, its wrappers do not; when it is killed, the next start makes another.
 */
final class Spawner implements AutoCloseable {
  private final List<String> command;
  private final String wrapper;
  private final ReentrantLock writing = new ReentrantLock();
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, CountDownLatch> waiting = new ConcurrentHashMap<>();
  private @Nullable Process shell;

  /**
   * @param setsid the program that gives the shell its session
   * @param wrapper what the shell reads first
   */
  Spawner(Path setsid, String wrapper) {
    this.command = List.of(setsid.toString(), "/bin/sh");
    this.wrapper = wrapper;
  }

  /** A wrapper that was started here. */
  final class Spawned {
    private final Process parent;
    private final CountDownLatch over;

    private Spawned(Process parent, CountDownLatch over) {
      this.parent = parent;
      this.over = over;
    }

    /** Whether the wrapper has told that it has ended. */
    boolean over() {
      return over.getCount() == 0;
    }

    /** Whether its shell is gone, which tells of no end any more. */
    boolean orphaned() {
      return !parent.isAlive();
    }

    /** Waits until it tells of its end, so long at most. */
    void await(Duration longest) throws InterruptedException {
      over.await(longest.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /**
   * Starts a wrapper.
   *
   * @param start a shell function body that becomes the function
   * @param words the wrapper's parameters but the number, each as the shell is to have it
   */
  Spawned start(String start, List<String> words) throws IOException {
    long number = numbers.incrementAndGet();
    StringBuilder text = new StringBuilder("( millrace_start() {\n").append(start).append("\n}\n");
    text.append("millrace_run");
    words.forEach(word -> text.append(' ').append(quoted(word)));
    // The listing of jobs reaps those that have ended.
    text.append(' ').append(number).append(" ) &\njobs > /dev/null 2>&1\n");
    CountDownLatch over = new CountDownLatch(1);
    waiting.put(number, over);
    writing.lock();
    try {
      return new Spawned(write(text.toString()), over);
    } catch (IOException e) {
      waiting.remove(number);
      throw e;
    } finally {
      writing.unlock();
    }
  }

  private Process write(String text) throws IOException {
    Process known = shell;
    if (known == null || !known.isAlive()) {
      known = open();
      shell = known;
    }
    OutputStream out = known.getOutputStream();
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
    return known;
  }

  private Process open() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.DISCARD);
    builder.environment().clear();
    builder.directory(Path.of("/").toFile());
    Process fresh = builder.start();
    Thread.ofPlatform().daemon().name("ends of functions").start(() -> listen(fresh));
    OutputStream out = fresh.getOutputStream();
    out.write(wrapper.getBytes(StandardCharsets.UTF_8));
    return fresh;
  }

  private void listen(Process from) {
    try (BufferedReader lines = from.inputReader(StandardCharsets.US_ASCII)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        CountDownLatch over = waiting.remove(Long.parseLong(line.strip()));
        if (over != null) {
          over.countDown();
        }
      }
    } catch (IOException | NumberFormatException e) {
      // Ends are found by looking then.
      from.destroy();
    }
  }

  /** A word that the shell takes as it is. */
  static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /** Ends the shell; what it started goes on. */
  @Override
  public void close() {
    writing.lock();
    try {
      if (shell != null) {
        shell.destroyForcibly();
      }
    } finally {
      writing.unlock();
    }
  }
}
