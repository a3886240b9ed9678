package dev.millrace.hosted.run;

import dev.millrace.hosted.store.OrderStore;
import dev.millrace.runtime.channel.CoordinatorHttp;
import dev.millrace.runtime.channel.HttpRunChannel;
import dev.millrace.runtime.order.OrderVerifier;
import dev.millrace.runtime.order.Verified;
import dev.millrace.runtime.process.ProcessRunner;
import dev.millrace.runtime.process.ProcessSettings;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.unit.Backoff;
import dev.millrace.runtime.unit.OrderRun;
import dev.millrace.runtime.unit.RunServices;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Follows the orders that reach it, each to its end, and says how each ended. Safe for many
 * threads; so many runs at a time, and the others wait.
 */
public final class HostedRuns implements Function<String, String>, AutoCloseable {
  private static final Duration CALL = Duration.ofSeconds(20);

  private final RunServices services;
  private final OrderVerifier verifier;
  private final Optional<OrderStore> orders;
  private final CoordinatorHttp http;
  private final Introduced introduced;
  private final Runner runner;
  private final Ulids ids;
  private final Semaphore room;

  /**
   * What is answered.
   *
   * @param runs in the order in which they were told
   */
  public record Answer(List<Ran> runs) {
    public Answer {
      runs = List.copyOf(runs);
    }
  }

  /**
   * What became of one order.
   *
   * @param attempt whose order it was; the order's key where there was none any more
   * @param outcome label of the outcome, or {@code gone}
   * @param text what else there is to say, or empty
   */
  public record Ran(String attempt, String outcome, String text) {}

  private HostedRuns(HostSettings settings, SecureRandom random) throws IOException {
    InstantSource clock = InstantSource.system();
    HostSettings.Who who = settings.who();
    Runner process = new ProcessRunner(ProcessSettings.of(who.provider(), settings.allowed()));
    runner = settings.limit().<Runner>map(limit -> new FixedRunner(process, limit)).orElse(process);
    http =
        new CoordinatorHttp(
            settings.coordinator().endpoint(),
            new CoordinatorHttp.Speaker(who.provider(), settings.coordinator().token(), who.key()),
            CALL);
    services =
        RunServices.open(
            new RunServices.Identity(who.provider(), who.key(), settings.data()),
            new RunServices.Partners(
                new HttpRunChannel(http), Map.of(RunnerKind.PROCESS, runner), new LoggedRuns()),
            RunServices.Clocks.system(),
            new Backoff(8, Duration.ofMillis(100), Duration.ofSeconds(5)));
    verifier = new OrderVerifier(settings.trusted(), who.provider(), who.pool(), clock);
    orders = settings.orders().map(OrderStore::new);
    ids = new Ulids(clock, random);
    room = new Semaphore(settings.runsMax());
    introduced = Introduced.start(settings, http, random);
  }

  /**
   * Opens the folder, introduces the host, and goes on with what an earlier process left there.
   *
   * @throws IOException when the folder cannot be used, or the coordinator does not want this host
   */
  public static HostedRuns open(HostSettings settings, SecureRandom random) throws IOException {
    HostedRuns runs = new HostedRuns(settings, random);
    for (OrderRun left : runs.services.leftOver()) {
      Thread.ofVirtual().name("run " + left.run()).start(() -> runs.goOn(left));
    }
    return runs;
  }

  private void goOn(OrderRun left) {
    try {
      // It was verified before its first step was kept; the coordinator judges it again.
      follow(Json.read(left.signed().bytes(), Order.class), left);
    } catch (MalformedJson e) {
      new LoggedRuns().broken(left.run().value(), e);
    }
  }

  /**
   * Follows what a text holds or tells of.
   *
   * @param body an order's line, or a notification of S3
   * @return an {@link Answer} as JSON
   * @throws NotFollowed when something in it is not to be followed; the rest was
   */
  @Override
  public String apply(String body) {
    List<Ran> runs = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    switch (Trigger.read(body)) {
      case Trigger.Posted(SignedBytes order) -> take(order, runs, refused);
      case Trigger.Told(List<OrderNotice> notices) -> {
        for (OrderNotice notice : notices) {
          read(notice, runs, refused);
        }
      }
    }
    if (!refused.isEmpty()) {
      throw new NotFollowed(String.join("; ", refused));
    }
    return Json.text(new Answer(runs));
  }

  private void read(OrderNotice notice, List<Ran> runs, List<String> refused) {
    if (orders.isEmpty()) {
      refused.add("MILLRACE_ORDERS_BUCKET is not set: orders cannot be read, only posted");
      return;
    }
    try {
      Optional<SignedBytes> order = orders.get().read(notice);
      if (order.isPresent()) {
        take(order.get(), runs, refused);
      } else {
        runs.add(new Ran(notice.key(), "gone", "nothing is to be done there any more"));
      }
    } catch (IllegalArgumentException e) {
      refused.add(notice.key() + ": " + e.getMessage());
    } catch (IOException e) {
      // Whoever told will tell again.
      throw new UncheckedIOException("the order at " + notice.key() + " could not be read", e);
    }
  }

  private void take(SignedBytes signed, List<Ran> runs, List<String> refused) {
    switch (verifier.verify(signed)) {
      case Verified.Invalid(String reason) -> refused.add("the order is " + reason);
      case Verified.Valid(Order order, SignedBytes bytes) ->
          runs.add(follow(order, new OrderRun(services, bytes, ids.run())));
    }
  }

  private Ran follow(Order order, OrderRun run) {
    room.acquireUninterruptibly();
    try {
      RunOutcome outcome = run.apply(order);
      return new Ran(order.attempt().toString(), outcome.label(), said(outcome));
    } finally {
      room.release();
    }
  }

  private static String said(RunOutcome outcome) {
    return switch (outcome) {
      case RunOutcome.Broken(String reason, boolean retryable) -> reason;
      case RunOutcome.Stopped(String reason) -> reason;
      case RunOutcome.Failed(int code) -> "exit code " + code;
      case RunOutcome.Succeeded _,
          RunOutcome.TimedOut _,
          RunOutcome.OutOfMemory _,
          RunOutcome.InputSuperseded _,
          RunOutcome.InputGone _ ->
          "";
    };
  }

  @Override
  public void close() throws IOException {
    introduced.close();
    services.close();
    http.close();
    runner.close();
    orders.ifPresent(OrderStore::close);
  }
}
