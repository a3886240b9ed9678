package dev.millrace.runtime.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final Map<Long, Spawned> waiting = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private @Nullable Process shell;

  /**
   * @param setsid the program that gives the shell its session
   * @param wrapper what the shell reads first
   * @param clock tells when functions start and end
   */
  Spawner(Path setsid, String wrapper, InstantSource clock) {
    this.clock = clock;
    this.command = List.of(setsid.toString(), "/bin/sh");
    this.wrapper = wrapper;
  }

  /** A wrapper that was started here. */
  final class Spawned {
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile @Nullable Process parent;
    private volatile @Nullable Instant started;
    private volatile @Nullable Instant ended;

    /** When the wrapper told that the function starts; empty when it did not. */
    Optional<Instant> started() {
      return Optional.ofNullable(started);
    }

    /** When it told that the function has ended. */
    Optional<Instant> ended() {
      return Optional.ofNullable(ended);
    }

    /** Whether the wrapper has told that it has ended. */
    boolean over() {
      return over.getCount() == 0;
    }

    /** Whether its shell is gone, which tells of no end any more. */
    boolean orphaned() {
      Process shell = parent;
      return shell != null && !shell.isAlive();
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
    Spawned spawned = new Spawned();
    waiting.put(number, spawned);
    writing.lock();
    try {
      spawned.parent = write(text.toString());
      return spawned;
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
        heard(line.strip());
      }
    } catch (IOException | NumberFormatException | StringIndexOutOfBoundsException e) {
      // Ends are found by looking then.
      from.destroy();
    }
  }

  private void heard(String line) {
    Instant now = clock.instant();
    char what = line.charAt(0);
    boolean over = Character.isDigit(what);
    Long number = Long.valueOf(over ? line : line.substring(1));
    Spawned spawned = over ? waiting.remove(number) : waiting.get(number);
    if (spawned == null) {
      return;
    }
    if (over) {
      spawned.over.countDown();
    } else if (what == '+') {
      spawned.started = now;
    } else {
      spawned.ended = now;
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
