package dev.millrace.runtime.channel;

import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.Printed;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.run.RunGrant;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.TrustedKeys;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;

/** A coordinator in memory: the first claim wins, and what it says next can be set. */
public final class FakeCoordinator implements RunChannel {
  public static final String DIGEST_KEY = "0f".repeat(32);

  public final Map<AttemptId, RunId> winners = new ConcurrentHashMap<>();
  public final Map<RunId, SignedBytes> settled = new ConcurrentHashMap<>();
  public final List<Long> beats = Collections.synchronizedList(new ArrayList<>());
  public volatile Renewal renewal = Renewal.RENEWED;
  public volatile boolean unreachable;
  public volatile Map<String, String> secrets = Map.of();
  public volatile Consumer<Want> onUrl = want -> {};
  public volatile Followed.Runs followed = new Followed.Runs(1, List.of());
  public final Map<RunId, Printed> printed = new ConcurrentHashMap<>();
  public volatile boolean deaf;
  public final AtomicInteger hearings = new AtomicInteger();
  private final TrustedKeys keys;
  private final Function<String, URI> urls;

  /**
   * @param urls by key: {@code input}, {@code part/DIGEST}, and the full keys of outputs
   */
  public FakeCoordinator(TrustedKeys keys, Function<String, URI> urls) {
    this.keys = keys;
    this.urls = urls;
  }

  private void reach() throws IOException {
    if (unreachable) {
      throw new IOException("the coordinator is down");
    }
  }

  @Override
  public Claim claim(SignedBytes signed, RunId run) throws IOException {
    reach();
    if (!keys.verify(Order.TYPE, signed)) {
      return new Claim.Refused("not a valid order");
    }
    Order order;
    try {
      order = Json.read(signed.bytes(), Order.class);
    } catch (MalformedJson e) {
      return new Claim.Refused("not an order");
    }
    RunId winner = winners.computeIfAbsent(order.attempt(), attempt -> run);
    return winner.equals(run)
        ? new Claim.Granted(
            new RunGrant(new RunRef(order.attempt(), run, order.token()), DIGEST_KEY, secrets))
        : new Claim.Taken();
  }

  private boolean current(RunRef run) {
    return run.run().equals(winners.get(run.attempt()));
  }

  @Override
  public UrlAnswer url(RunRef run, Want want) throws IOException {
    reach();
    onUrl.accept(want);
    boolean aborting =
        want instanceof Want.OutputUpload(String relative, UploadStep.Abort(String upload));
    if (!current(run) && !aborting) {
      return new UrlAnswer.Refused("the token is not current");
    }
    return switch (want) {
      case Want.Input() -> new UrlAnswer.Granted(urls.apply("input"));
      case Want.Bundle() -> new UrlAnswer.Granted(urls.apply("bundle"));
      case Want.FunctionPart(String sha256) -> new UrlAnswer.Granted(urls.apply("part/" + sha256));
      case Want.Output(String relative) ->
          new UrlAnswer.Granted(urls.apply(Manifest.prefix(run) + relative));
      case Want.OutputUpload(String relative, UploadStep step) ->
          new UrlAnswer.Granted(
              URI.create(urls.apply(Manifest.prefix(run) + relative) + "&" + query(step)));
    };
  }

  private static String query(UploadStep step) {
    return switch (step) {
      case UploadStep.Begin() -> "uploads";
      case UploadStep.Part(String upload, int number) ->
          "uploadId=" + upload + "&partNumber=" + number;
      case UploadStep.Complete(String upload) -> "uploadId=" + upload;
      case UploadStep.Abort(String upload) -> "uploadId=" + upload;
    };
  }

  @Override
  public Renewal renew(RunRef run, long counter) throws IOException {
    reach();
    beats.add(counter);
    return current(run) ? renewal : Renewal.STALE;
  }

  @Override
  public Followed followed(ProviderId provider, long known, Duration patience)
      throws IOException, InterruptedException {
    reach();
    long until = System.nanoTime() + patience.toNanos();
    while (followed.version() == known && System.nanoTime() < until) {
      LockSupport.parkNanos(1_000_000);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    return followed;
  }

  @Override
  public Heard printed(RunRef run, long from, byte[] text) throws IOException {
    reach();
    hearings.incrementAndGet();
    if (deaf) {
      throw new IOException("the coordinator does not listen");
    }
    if (!current(run) || !followed.runs().contains(run.run())) {
      return new Heard.Enough();
    }
    Printed known = printed.computeIfAbsent(run.run(), id -> new Printed(1 << 20));
    if (from == known.size()) {
      known.add(text, text.length);
    }
    return new Heard.GoOn(known.size());
  }

  @Override
  public Settled settle(RunRef run, SignedBytes manifest) throws IOException {
    reach();
    if (!manifest.type().equals(Manifest.TYPE)) {
      return Settled.REFUSED;
    }
    if (!current(run)) {
      return Settled.STALE;
    }
    settled.put(run.run(), manifest);
    return Settled.ACCEPTED;
  }
}
