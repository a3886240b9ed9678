package dev.millrace.orch.up;

import dev.millrace.orch.dispatch.Dispatcher;
import dev.millrace.orch.flow.Flows;
import dev.millrace.orch.intake.Admitter;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.orch.lease.LeaseWatch;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Loop;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.retention.Retention;
import dev.millrace.orch.settle.OutboxFeeder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a coordinator does again and again, and what wakes it before its time. */
final class Rounds implements AutoCloseable {
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Workers workers;
  private final Bells bells;

  /** Who works in the background. */
  record Workers(
      Admitter admitter,
      Dispatcher dispatcher,
      LeaseWatch leases,
      OutboxFeeder feeder,
      Flows flows,
      Retention retention) {}

  /** What wakes those that wait for work. */
  record Bells(Bell admission, Bell dispatch, Bell feeding) {
    Bells() {
      this(new Bell(), new Bell(), new Bell());
    }
  }

  Rounds(Workers workers, Bells bells) {
    this.workers = workers;
    this.bells = bells;
  }

  /** Starts the loops, which hear what is recorded from now on. */
  void start(Recorder recorder) {
    keep(recorder.observe(this::wake)::run);
    keep(Loop.start("admission", () -> workers.admitter().round(bells.admission())));
    keep(Loop.start("dispatch", () -> workers.dispatcher().round(bells.dispatch())));
    keep(Loop.start("ledger-feed", () -> workers.feeder().round(bells.feeding())));
    every(Duration.ofSeconds(1), "leases", () -> workers.leases().look());
    every(Duration.ofMinutes(10), "stale-orders", workers.flows()::clearOrders);
    every(Duration.ofSeconds(5), "flows", workers.flows()::resume);
    Bell timer = new Bell();
    keep(Loop.start("retention", () -> workers.retention().turn(timer)));
  }

  private void every(Duration pause, String name, Loop.Round round) {
    Bell timer = new Bell();
    keep(
        Loop.start(
            name,
            () -> {
              round.run();
              timer.await(pause);
            }));
  }

  private void keep(AutoCloseable part) {
    opened.push(part);
  }

  /**
   * A job that waits and slices that came free are the dispatcher's, ended attempts the ledger's.
   */
  private void wake(PipelineEvent event) {
    if (event.state() == JobState.WAITING) {
      workers.dispatcher().hear(event.function());
    }
    switch (event.state()) {
      case WAITING, PRODUCED, SUPERSEDED, INPUT_GONE, DEAD, CANCELLED -> {
        bells.dispatch().ring();
        bells.feeding().ring();
      }
      case PLACED, STAGED, RUNNING, PUBLISHING, SUCCEEDED, DISCARDED, REFUSED -> {}
    }
    if (event.state().kind() == JobState.Kind.TERMINAL) {
      bells.admission().ring();
    }
  }

  @Override
  public void close() {
    Closing.all(opened);
  }
}
