package dev.millrace.hosted.run;

import dev.millrace.runtime.channel.CoordinatorHttp;
import dev.millrace.runtime.channel.Introducing;
import dev.millrace.runtime.discovery.HostCpu;
import dev.millrace.runtime.provider.Introducer;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps this host known to its coordinator, by a thread of its own, until it is closed. */
final class Introduced implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Introduced.class);
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final Introducer introducer;
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean away;

  private Introduced(Introducer introducer) {
    this.introducer = introducer;
  }

  /**
   * Introduces the host once, and from then on again and again.
   *
   * @throws CoordinatorHttp.Denied when the coordinator does not want it, or is another one; one
   *     that is away is asked again
   */
  static Introduced start(HostSettings settings, CoordinatorHttp http, RandomGenerator random)
      throws IOException {
    HostSettings.Who who = settings.who();
    Introduced introduced =
        new Introduced(
            new Introducer(
                new Introducer.Who(
                    who.provider(),
                    who.pool(),
                    who.key(),
                    new HostCpu().find(who.provider(), who.pool())),
                new Introducer.Coordinator(
                    Introducing.over(http),
                    Base64.getDecoder().decode(settings.coordinator().key()),
                    settings.coordinator().endpoint().toString()),
                random));
    Duration again = introduced.once();
    Thread.ofVirtual().name("introductions").start(() -> introduced.goOn(again));
    return introduced;
  }

  private Duration once() throws CoordinatorHttp.Denied {
    try {
      Duration again = introducer.introduce();
      away = false;
      return again;
    } catch (CoordinatorHttp.Denied e) {
      throw e;
    } catch (IOException e) {
      if (!away) {
        LOG.warn("the coordinator does not answer, and is asked again: {}", e.toString());
      }
      away = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return RETRY;
  }

  private void goOn(Duration first) {
    Duration pause = first;
    try {
      while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          pause = once();
        } catch (CoordinatorHttp.Denied e) {
          LOG.error("{}", e.getMessage());
          pause = RETRY;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
