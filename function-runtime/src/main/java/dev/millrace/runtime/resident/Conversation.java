package dev.millrace.runtime.resident;

import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What is said between the runner and one worker. One job at a time. */
final class Conversation {
  /** What an empty pipe takes without a reader, on every system by far. */
  private static final int AT_ONCE = 4096;

  private final Worker worker;
  private final BlockingQueue<Said> heard = new LinkedBlockingQueue<>();

  /** What came of a worker. */
  sealed interface Said {
    /** It is ready for jobs. */
    record Ready() implements Said {}

    /** It has done a job. */
    record Done(String job, int exit) implements Said {}

    /** It said something that the protocol does not know. */
    record Nonsense(String reason) implements Said {}

    /** It will say no more. */
    record Silent() implements Said {}
  }

  private Conversation(Worker worker) {
    this.worker = worker;
  }

  /** Listens to a worker that was just started. */
  static Conversation with(Worker worker) {
    Conversation conversation = new Conversation(worker);
    // A thread of the platform's: a read of a pipe holds on to the one that carries it.
    Thread.ofPlatform().daemon().name("worker").start(conversation::listen);
    return conversation;
  }

  Worker worker() {
    return worker;
  }

  private void listen() {
    try (InputStream in = new BufferedInputStream(worker.output())) {
      boolean ready = false;
      for (Optional<byte[]> frame = Frames.read(in); frame.isPresent(); frame = Frames.read(in)) {
        heard.add(ready ? done(frame.get()) : ready(frame.get()));
        ready = true;
      }
      heard.add(new Said.Silent());
    } catch (Frames.BadFrame | MalformedJson e) {
      heard.add(new Said.Nonsense(String.valueOf(e.getMessage())));
    } catch (IOException e) {
      heard.add(new Said.Silent());
    }
  }

  private static Said ready(byte[] frame) throws MalformedJson {
    int version = Json.read(frame, Protocol.Ready.class).millrace();
    return version == Protocol.VERSION
        ? new Said.Ready()
        : new Said.Nonsense(
            "it speaks version " + version + " of the protocol, not " + Protocol.VERSION);
  }

  private static Said done(byte[] frame) throws MalformedJson {
    Protocol.Done done = Json.read(frame, Protocol.Done.class);
    return done.exit() < 0 || done.exit() > 255
        ? new Said.Nonsense("exit must be 0 to 255: " + done.exit())
        : new Said.Done(done.job(), done.exit());
  }

  /** The next thing that it says; empty when it says nothing for so long. */
  Optional<Said> next(Duration longest) throws InterruptedException {
    return Optional.ofNullable(heard.poll(longest.toNanos(), TimeUnit.NANOSECONDS));
  }

  /** Whether it has said something that nobody asked for. */
  boolean chatters() {
    return !heard.isEmpty();
  }

  /**
   * Gives it a job; a worker that is gone is heard of by its silence. Returns although the worker
   * does not read: what it said last shows that it has read all that was written before.
   */
  void give(Protocol.Job job) {
    byte[] frame = Frames.frame(job);
    if (frame.length <= AT_ONCE) {
      write(frame);
    } else {
      Thread.ofVirtual().name("give").start(() -> write(frame));
    }
  }

  private void write(byte[] frame) {
    try {
      worker.input().write(frame);
      worker.input().flush();
    } catch (IOException e) {
      heard.add(new Said.Silent());
    }
  }

  /** Tells it to end. */
  void bye() {
    write(Frames.frame(new Protocol.Stop(true)));
  }
}
