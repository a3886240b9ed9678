package dev.millrace.runtime.resident;

import dev.millrace.runtime.resident.Conversation.Said;
import dev.millrace.runtime.runner.FunctionPaths;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.schema.run.Printed;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One job with one worker, on a thread of its own until it has ended. */
final class ResidentRun implements RunningFunction {
  private static final System.Logger LOG = System.getLogger(ResidentRun.class.getName());

  /** EX_SOFTWARE and EX_PROTOCOL of sysexits(3). */
  static final int NO_ANSWER = 70;

  static final int BAD_PROTOCOL = 76;

  private static final Duration LOOK = Duration.ofMillis(50);

  private final RunPlan plan;
  private final Conversation conversation;
  private final InstantSource clock;
  private final Ticker ticker;
  private final CountDownLatch done = new CountDownLatch(1);
  private Optional<String> overDisk = Optional.empty();
  private volatile Printed printed = new Printed(0);
  private volatile boolean stopping;
  private volatile boolean abandoned;
  private volatile @Nullable RunEnd end;

  /** What is left of the worker after its job. */
  enum After {
    /** It can have the next one. */
    KEPT,
    /** It is gone. */
    GONE
  }

  /** How a job ended, and what its log says of it at last. */
  private record Outcome(RunEnd.Ending ending, String lastLine, After worker) {}

  ResidentRun(RunPlan plan, Conversation conversation, InstantSource clock, Ticker ticker) {
    this.plan = plan;
    this.conversation = conversation;
    this.clock = clock;
    this.ticker = ticker;
  }

  /**
   * Has the job done.
   *
   * @param fresh whether the worker was just started, so that it must say first that it is ready
   * @param after told what is left of the worker, before anyone hears of the job's end
   */
  void execute(boolean fresh, Consumer<After> after) throws InterruptedException {
    Instant started = clock.instant();
    Outcome outcome;
    try {
      printed = conversation.worker().log().begin(plan.limits().logMaxBytes(), fresh);
      outcome = converse(fresh, started);
      conversation.worker().log().finish(plan.folder().log(), outcome.lastLine());
      if (!conversation.worker().leave(plan.folder())) {
        conversation.worker().end(false);
        outcome = gone(outcome.ending(), "");
      }
    } catch (IOException | RuntimeException e) {
      endWorker();
      outcome = gone(new RunEnd.Lost("the worker's files cannot be used: " + e), "");
    }
    RunEnd result = new RunEnd(outcome.ending(), started, clock.instant());
    try {
      end = result;
      end = keep(result);
      after.accept(outcome.worker());
    } finally {
      done.countDown();
    }
  }

  private void endWorker() {
    try {
      conversation.worker().end(false);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the worker of {0} was not seen to end: {1}", plan.run().run(), e);
    }
  }

  private RunEnd keep(RunEnd result) {
    try {
      if (!abandoned) {
        Ticket.ended(result).write(plan.folder());
      }
      return result;
    } catch (IOException e) {
      return new RunEnd(
          new RunEnd.Lost("the job's end cannot be kept: " + e),
          result.startedAt(),
          result.endedAt());
    }
  }

  private Outcome converse(boolean fresh, Instant started)
      throws IOException, InterruptedException {
    long until = ticker.nanos() + plan.limits().timeout().toNanos();
    if (fresh) {
      Optional<Outcome> failed =
          await(until).flatMap(said -> said instanceof Said.Ready ? Optional.empty() : bad(said));
      if (failed.isPresent()) {
        return failed.get();
      }
      if (over(until)) {
        return stopped();
      }
    }
    FunctionPaths paths = conversation.worker().enter(plan.folder());
    Ticket.given(started).write(plan.folder());
    conversation.give(job(paths));
    Optional<Said> said = await(until);
    if (said.isEmpty()) {
      return stopped();
    }
    if (!(said.get() instanceof Said.Done(String job, int exit, boolean last))
        || !job.equals(plan.run().run().value())) {
      return bad(said.get()).orElseThrow();
    }
    if (last) {
      conversation.worker().end(false);
    }
    return new Outcome(new RunEnd.Exited(exit), "", last ? After.GONE : After.KEPT);
  }

  private Job job(FunctionPaths paths) {
    Map<String, String> environment = new HashMap<>(plan.variables());
    environment.put("MILLRACE_FUNCTION_DIR", paths.function());
    return new Job(
        plan.run().run().value(),
        paths.input(),
        paths.output(),
        paths.tmp(),
        paths.function(),
        plan.limits().timeout().toSeconds(),
        environment);
  }

  /** What the worker says; empty when it must not go on. */
  private Optional<Said> await(long until) throws IOException, InterruptedException {
    while (!over(until)) {
      Optional<Said> said = conversation.next(LOOK);
      if (said.isPresent()) {
        return said;
      }
      conversation.worker().log().drain();
      overDisk = conversation.worker().tooMuch();
    }
    return Optional.empty();
  }

  private boolean over(long until) {
    return stopping || overDisk.isPresent() || ticker.nanos() - until > 0;
  }

  private Outcome stopped() {
    conversation.worker().end(false);
    if (overDisk.isPresent()) {
      return gone(
          new RunEnd.OutOfDisk(overDisk.get()), "\n[the job was ended: " + overDisk.get() + "]\n");
    }
    return gone(stopping ? new RunEnd.Stopped() : new RunEnd.TimedOut(), "");
  }

  private Optional<Outcome> bad(Said said) {
    RunEnd.Ending ending = conversation.worker().end(false);
    if (abandoned) {
      return Optional.of(gone(new RunEnd.Lost("the provider closed its workers"), ""));
    }
    return Optional.of(
        switch (said) {
          case Said.Silent() -> silent(ending);
          case Said.Nonsense(String reason) -> broken(reason);
          case Said.Unheard(String reason) -> gone(new RunEnd.Lost(reason), "");
          case Said.Ready() -> broken("it said twice that it is ready");
          case Said.Done(String job, int exit, boolean last) ->
              broken("it answered " + exit + " for a job that it does not have: " + job);
        });
  }

  private static Outcome silent(RunEnd.Ending ending) {
    if (ending instanceof RunEnd.Exited(int code)) {
      return gone(
          new RunEnd.Exited(code == 0 ? NO_ANSWER : code),
          "\n[the worker ended with " + code + " and did not answer]\n");
    }
    return gone(ending, "");
  }

  private static Outcome broken(String reason) {
    return gone(
        new RunEnd.Exited(BAD_PROTOCOL),
        "\n[the worker was ended, since it broke the protocol: " + reason + "]\n");
  }

  private static Outcome gone(RunEnd.Ending ending, String lastLine) {
    return new Outcome(ending, lastLine, After.GONE);
  }

  /** The provider closes: how this ends is not the job's end. */
  void abandon() {
    abandoned = true;
  }

  @Override
  public Optional<RunEnd> await(Duration longest) throws InterruptedException {
    return done.await(longest.toNanos(), TimeUnit.NANOSECONDS)
        ? Optional.ofNullable(end)
        : Optional.empty();
  }

  @Override
  public void stop() {
    stopping = true;
  }

  @Override
  public byte[] printed(long from, int most) {
    return printed.read(from, most);
  }
}
