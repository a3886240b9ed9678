package dev.millrace.orch.up;

import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.observe.Loop;
import dev.millrace.runtime.channel.CoordinatorHttp;
import dev.millrace.runtime.provider.Introducer;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.run.Join;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A provider whose coordinator is elsewhere: it introduces itself, and asks for its orders. */
final class RemoteProvider implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteProvider.class);
  private static final Duration RETRY_MIN = Duration.ofMillis(500);
  private static final Duration RETRY_MAX = Duration.ofSeconds(10);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final String address;
  private final Introducer introducer;
  private final LocalProvider provider;
  private final List<Accelerator> devices;
  private Duration retry = RETRY_MIN;
  private boolean away;

  /**
   * Opens it; nothing is asked yet.
   *
   * @param own its folder
   */
  RemoteProvider(MillraceConfig config, Path own, Join join, Coordinator.Nature nature)
      throws IOException {
    byte[] key = Base64.getDecoder().decode(join.coordinatorKey());
    MillraceConfig named = config.withProvider(join.provider());
    devices = Devices.find(named.provider());
    SigningKey ownKey = LocalProvider.key(own, nature.random());
    Way way = keep(Way.of(join, new Way.Around(named, ownKey, TrustedKeys.of(key), nature)));
    address = way.address();
    provider =
        keep(
            new LocalProvider(
                new LocalProvider.Around(
                    named, own, way.orders(), way.channel(), TrustedKeys.of(key)),
                devices,
                nature.random()));
    introducer =
        new Introducer(
            provider.who(),
            new Introducer.Coordinator(way.introducing(), key, address),
            nature.random());
  }

  private <T extends AutoCloseable> T keep(T part) {
    opened.push(part);
    return part;
  }

  /**
   * Takes up what was left, and introduces itself until it is welcome; then takes orders.
   *
   * @throws IOException when the coordinator does not want it, or is another one
   */
  void start() throws IOException, InterruptedException {
    provider.resume();
    Duration pause = introduceOnce();
    provider.welcome();
    keep(Loop.start("introductions", new Introductions(pause)::round));
  }

  /** Until the coordinator has answered once. */
  private Duration introduceOnce() throws IOException, InterruptedException {
    while (true) {
      try {
        return introducer.introduce();
      } catch (CoordinatorHttp.Denied e) {
        throw e;
      } catch (IOException e) {
        Thread.sleep(failed(e));
      }
    }
  }

  private Duration failed(IOException failure) {
    if (!away) {
      away = true;
      LOG.warn("the coordinator does not answer, and is asked again: {}", said(failure));
    }
    Duration pause = retry;
    retry = retry.multipliedBy(2).compareTo(RETRY_MAX) > 0 ? RETRY_MAX : retry.multipliedBy(2);
    return pause;
  }

  private static String said(IOException failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  /** Again and again, for one who is silent gets no orders. */
  private final class Introductions {
    private Duration pause;

    Introductions(Duration first) {
      this.pause = first;
    }

    void round() throws InterruptedException {
      Thread.sleep(pause);
      try {
        pause = introducer.introduce();
        if (away) {
          LOG.warn("the coordinator answers again");
        }
        away = false;
        retry = RETRY_MIN;
      } catch (CoordinatorHttp.Denied e) {
        // What runs here runs on under its leases; nothing that another coordinator signs does.
        LOG.error("{}", e.getMessage());
        pause = RETRY_MAX;
      } catch (IOException e) {
        pause = failed(e);
      }
    }
  }

  /** Where its coordinator is reached, for people. */
  String coordinator() {
    return address;
  }

  /** The devices that were found. */
  List<Accelerator> devices() {
    return devices;
  }

  @Override
  public void close() {
    Closing.all(opened);
  }
}
