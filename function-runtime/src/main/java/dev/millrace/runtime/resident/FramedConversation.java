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
  /** One job at a time: a worker that says more unasked is not listened to any longer. */
  private static final int HEARD_MAX = 8;

  private static final byte[] NO_MORE = {};

  private final Worker worker;
  private final OutputStream input;
  private final BlockingQueue<Said> heard = new LinkedBlockingQueue<>(HEARD_MAX);
  private final BlockingQueue<byte[]> toWrite = new LinkedBlockingQueue<>(HEARD_MAX);

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
    // Another: a worker that does not read holds on to the one that writes.
    Thread.ofPlatform().daemon().name("to worker").start(conversation::writeAll);
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
        if (!heard.offer(ready ? done(frame.get()) : ready(frame.get()))) {
          // Those that wait are unasked for: the first of them that is looked at ends the worker.
          break;
        }
        ready = true;
      }
      silent();
    } catch (Frames.BadFrame | MalformedJson e) {
      heard.offer(new Said.Nonsense(String.valueOf(e.getMessage())));
    } catch (IOException e) {
      silent();
    } finally {
      toWrite.offer(NO_MORE);
    }
  }

  private void silent() {
    heard.offer(new Said.Silent());
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

  @Override
  public void give(Job job) {
    say(Frames.frame(job));
  }

  /** One that does not read what was written before is not written to. */
  private void say(byte[] frame) {
    if (!toWrite.offer(frame)) {
      silent();
    }
  }

  private void writeAll() {
    try (input) {
      for (byte[] frame = toWrite.take(); frame.length > 0; frame = toWrite.take()) {
        input.write(frame);
        input.flush();
      }
    } catch (IOException e) {
      silent();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void bye() {
    say(Frames.frame(new Protocol.Stop(true)));
  }
}
