package dev.millrace.orch.flow;

import dev.millrace.orch.bundle.Bundler;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.order.Places;
import dev.millrace.orch.publish.Publisher;
import dev.millrace.orch.settle.Settler;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.run.OrderNotice;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All jobs that are being driven, each by one virtual thread; a waiting job has none. */
public final class Flows implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Flows.class);
  private final Journal journal;
  private final JobFlow flow;
  private final Signals signals = new Signals();
  private final StaleOrders staleOrders;
  private final Runnable silence;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("job-", 0).factory());

  /** What flows work with. */
  public record Parts(
      Journal journal,
      Recorder recorder,
      Stores stores,
      Places places,
      Settler settler,
      Publisher publisher,
      Bundler bundler,
      Orders orders) {}

  /**
   * Flows over these parts.
   *
   * @param announce is told of each staged order; a hint that may be lost
   */
  public Flows(
      Parts parts, Consumer<OrderNotice> announce, Settings settings, InstantSource clock) {
    this.journal = parts.journal();
    this.flow =
        new JobFlow(
            new JobFlow.Parts(
                parts.journal(),
                parts.recorder(),
                parts.stores(),
                parts.places(),
                parts.settler(),
                parts.publisher(),
                parts.orders(),
                new Bundling(
                    new Bundling.Parts(
                        parts.bundler(), parts.orders(), parts.recorder(), parts.settler()),
                    settings.claimWithin(),
                    clock),
                announce),
            settings,
            clock);
    this.staleOrders = new StaleOrders(parts.journal(), parts.stores(), parts.places());
    this.silence = parts.recorder().observe(signals);
  }

  /**
   * Goes on with every job that is underway and not driven, each from the state that was committed:
   * after a restart, and again and again as a net under everything.
   */
  public int resume() {
    int resumed = 0;
    for (Job job : journal.inStates(JobFlow.DRIVEN, Integer.MAX_VALUE)) {
      start(job.function().tenant(), job.id());
      resumed++;
    }
    return resumed;
  }

  /** Removes the orders of attempts that have ended, where a crash has left any. */
  public int clearOrders() throws StoreException {
    return staleOrders.remove();
  }

  /** Drives a job that has been placed; nothing happens when it is driven already. */
  public void start(TenantId tenant, JobId job) {
    Optional<Bell> bell = signals.open(job);
    if (bell.isEmpty()) {
      signals.ring(job);
      return;
    }
    threads.execute(() -> run(tenant, job, bell.get()));
  }

  private void run(TenantId tenant, JobId job, Bell bell) {
    boolean over;
    try {
      over = flow.drive(tenant, job, bell);
    } catch (InterruptedException e) {
      return;
    } catch (RuntimeException e) {
      // The outermost frame: the job keeps its committed state; the sweep takes it up again.
      LOG.error("driving job {} failed; it stays as it is and is taken up again", job, e);
      return;
    } finally {
      signals.close(job);
    }
    if (!over && !threads.isShutdown()) {
      // Placed again between the flow's last look and its end: nobody else would drive it.
      journal
          .job(tenant, job)
          .filter(j -> JobFlow.DRIVEN.contains(j.state()))
          .ifPresent(j -> start(tenant, job));
    }
  }

  /** How many jobs are being driven. */
  public int driven() {
    return signals.open();
  }

  @Override
  public void close() {
    silence.run();
    threads.shutdownNow();
    threads.close();
  }
}
