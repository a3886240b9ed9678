package dev.millrace.runtime.container;

import dev.millrace.runtime.resident.Conversation;
import dev.millrace.runtime.resident.Job;
import dev.millrace.runtime.resident.Worker;
import dev.millrace.runtime.resident.WorkerLog;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A kept container in which each job is a further command. */
final class CommandedSlot implements Conversation {
  private final SlotWorker slot;
  private final ContainerUser user;
  private final BlockingQueue<Said> heard = new LinkedBlockingQueue<>();

  CommandedSlot(SlotWorker slot, ContainerUser user) {
    this.slot = slot;
    this.user = user;
    heard.add(new Said.Ready());
  }

  @Override
  public Worker worker() {
    return slot;
  }

  @Override
  public Optional<Said> next(Duration longest) throws InterruptedException {
    return Optional.ofNullable(heard.poll(longest.toNanos(), TimeUnit.NANOSECONDS));
  }

  @Override
  public boolean chatters() {
    return !slot.runs() || !heard.isEmpty();
  }

  @Override
  public void give(Job job) {
    Thread.ofVirtual().name("command in " + slot.container()).start(() -> execute(job));
  }

  private void execute(Job job) {
    Said said = new Said.Silent();
    try {
      said = said(job, exec(job));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      said = new Said.Unheard("the engine did not execute the job: " + e.getMessage());
    } finally {
      heard.add(said);
    }
  }

  private int exec(Job job) throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>();
    environment.put("HOME", ContainerMaker.PATHS.tmp());
    environment.put("TMPDIR", ContainerMaker.PATHS.tmp());
    environment.putAll(job.environment());
    ExecSpec command = new ExecSpec(SlotFolder.job(), environment, user.text());
    WorkerLog log = slot.log();
    try (OutputStream out = Files.newOutputStream(log.file(), StandardOpenOption.APPEND)) {
      return slot.engine().exec(slot.container(), command, out);
    }
  }

  private Said said(Job job, int wrapper) throws IOException, InterruptedException {
    Optional<SlotFolder.Answer> answer = slot.folder().answer();
    if (wrapper != 0 || answer.isEmpty()) {
      // The wrapper was killed with the job, or before it could clear up.
      return slot.engine().inspect(slot.container()).filter(ContainerState::outOfMemory).isPresent()
          ? outOfMemory()
          : new Said.Done(job.job(), wrapper == 0 ? 137 : Math.min(255, wrapper), true);
    }
    SlotFolder.Answer found = answer.get();
    return found.code() != 0 && found.killedForMemory() > 0
        ? outOfMemory()
        : new Said.Done(job.job(), found.code(), !found.clean());
  }

  private Said outOfMemory() {
    slot.ranOutOfMemory();
    return new Said.Silent();
  }

  @Override
  public void bye() {
    // Its pipe is closed when it is ended.
  }
}
