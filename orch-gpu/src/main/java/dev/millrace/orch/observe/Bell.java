package dev.millrace.orch.observe;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes a loop. Rings while nobody waits are kept, as one. */
public final class Bell {
  private final Semaphore rung = new Semaphore(0);

  /** Wakes whoever waits, now or next. */
  public void ring() {
    if (rung.availablePermits() == 0) {
      rung.release();
    }
  }

  /** Forgets a ring: who asks next what is so sees all that it was rung for. */
  public void hush() {
    rung.drainPermits();
  }

  /** Waits for a ring and then a while for more, or for so long in all where there is none. */
  public void gather(Duration more, Duration longest) throws InterruptedException {
    if (rung.tryAcquire(Math.max(1, longest.toMillis()), TimeUnit.MILLISECONDS)) {
      Thread.sleep(more);
      rung.drainPermits();
    }
  }

  /** Waits for a ring, or for so long. */
  public void await(Duration longest) throws InterruptedException {
    if (rung.tryAcquire(Math.max(1, longest.toMillis()), TimeUnit.MILLISECONDS)) {
      rung.drainPermits();
    }
  }
}
