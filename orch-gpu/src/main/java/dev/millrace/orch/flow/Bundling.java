package dev.millrace.orch.flow;

import dev.millrace.orch.bundle.Bundler;
import dev.millrace.orch.bundle.Bundler.Bundled;
import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.Transition.BundleAttempt;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.settle.Settler;
import dev.millrace.schema.function.Staging;
import dev.millrace.schema.run.BundleRef;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunOutcome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The step before an order is staged whose function wants a bundle: the bundle is put in place,
 * then the order that names it is signed and committed, and only that one is ever staged.
 */
final class Bundling {
  private final Bundler bundler;
  private final Orders orders;
  private final Recorder recorder;
  private final Settler settler;
  private final Duration claimWithin;
  private final InstantSource clock;

  /** What the step works with. */
  record Parts(Bundler bundler, Orders orders, Recorder recorder, Settler settler) {}

  Bundling(Parts parts, Duration claimWithin, InstantSource clock) {
    this.bundler = parts.bundler();
    this.orders = parts.orders();
    this.recorder = parts.recorder();
    this.settler = parts.settler();
    this.claimWithin = claimWithin;
    this.clock = clock;
  }

  /** Whether an order comes with a bundle, made or not. */
  static boolean wanted(Order order) {
    return order.function().spec().rules().staging() == Staging.BUNDLE;
  }

  /** Whether it is still to be made. */
  static boolean missing(Order order) {
    return wanted(order) && order.bundle() == null;
  }

  /** Makes it, or ends the attempt as a run would that could not have its input. */
  void make(Attempt attempt, Order order) throws IOException, InterruptedException {
    switch (bundler.make(order)) {
      case Bundled.Done(BundleRef bundle) -> commit(attempt, order, bundle);
      case Bundled.Superseded() -> settler.end(attempt, new RunOutcome.InputSuperseded());
      case Bundled.Gone() -> settler.end(attempt, new RunOutcome.InputGone());
      case Bundled.Unfit(String reason) ->
          settler.end(attempt, new RunOutcome.Broken(reason, false));
    }
  }

  private void commit(Attempt attempt, Order order, BundleRef bundle) {
    Instant now = clock.instant();
    Order bundled = order.bundled(bundle, now.plus(claimWithin));
    recorder.commit(
        new BundleAttempt(
            attempt.tenant(), attempt.id(), attempt.token(), orders.sign(bundled), now));
  }
}
