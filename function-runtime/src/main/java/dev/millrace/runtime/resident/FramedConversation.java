package dev.millrace.runtime.resident;

import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A conversation in frames, over a worker's standard input and output. */
public final class FramedConversation implements Conversation {
  /** What an empty pipe takes without a reader, on every system by far. */
  private static final int AT_ONCE = 4096;

  private final Worker worker;
  private final OutputStream input;
  private final BlockingQueue<Said> heard = new LinkedBlockingQueue<>();

  private FramedConversation(Worker worker, OutputStream input) {
    this.worker = worker;
    this.input = input;
  }

  /**
   * Listens to a worker that was just started.
   *
   * @param input the worker's standard input
   * @param output the worker's standard output
   */
  public static Conversation with(Worker worker, OutputStream input, InputStream output) {
    FramedConversation conversation = new FramedConversation(worker, input);
    // A thread of the platform's: a read of a pipe holds on to the one that carries it.
    Thread.ofPlatform().daemon().name("worker").start(() -> conversation.listen(output));
    return conversation;
  }

  @Override
  public Worker worker() {
    return worker;
  }

  private void listen(InputStream output) {
    try (InputStream in = new BufferedInputStream(output)) {
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
        : new Said.Done(done.job(), done.exit(), false);
  }

  @Override
  public Optional<Said> next(Duration longest) throws InterruptedException {
    return Optional.ofNullable(heard.poll(longest.toNanos(), TimeUnit.NANOSECONDS));
  }

  @Override
  public boolean chatters() {
    return !heard.isEmpty();
  }

  /** What a worker said last shows that it has read all that was written before. */
  @Override
  public void give(Job job) {
    byte[] frame = Frames.frame(job);
    if (frame.length <= AT_ONCE) {
      write(frame);
    } else {
      Thread.ofVirtual().name("give").start(() -> write(frame));
    }
  }

  private void write(byte[] frame) {
    try {
      input.write(frame);
      input.flush();
    } catch (IOException e) {
      heard.add(new Said.Silent());
    }
  }

  @Override
  public void bye() {
    write(Frames.frame(new Protocol.Stop(true)));
  }
}
