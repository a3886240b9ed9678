package dev.millrace.runtime.unit;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.channel.FakeCoordinator;
import dev.millrace.runtime.process.Allowed;
import dev.millrace.runtime.process.ProcessRunner;
import dev.millrace.runtime.process.ProcessSettings;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;

/** A provider's host with its coordinator and bucket, to be restarted at will. */
public final class Host implements AutoCloseable {
  public final SigningKey coordinatorKey = SigningKey.generate();
  public final SigningKey providerKey = SigningKey.generate();
  public final Bucket bucket = new Bucket();
  public final FakeCoordinator coordinator =
      new FakeCoordinator(TrustedKeys.of(coordinatorKey.publicKey()), bucket::url);
  public final RunRef ref = Samples.run();
  public final Path data;
  public ProcessRunner runner;
  public RunServices services;
  private RunEvents events;
  private Ticker ticker = Ticker.system();

  public Host(Path data, RunEvents events) throws IOException {
    this.data = data;
    this.events = events;
    open();
  }

  private void open() throws IOException {
    runner =
        new ProcessRunner(
            new ProcessSettings(
                Samples.PROVIDER,
                new Allowed.Only(Set.of(Samples.FUNCTION)),
                Duration.ofMillis(300),
                Duration.ofMillis(20),
                ProcessSettings.OUTPUT_BYTES_MAX));
    serve(runner);
  }

  private void serve(Runner by) throws IOException {
    services =
        RunServices.open(
            new RunServices.Identity(Samples.PROVIDER, providerKey, data),
            new RunServices.Partners(coordinator, Map.of(RunnerKind.PROCESS, by), events),
            new RunServices.Clocks(InstantSource.system(), ticker),
            new RunServices.Manner(
                new Backoff(4, Duration.ofMillis(5), Duration.ofMillis(20)),
                new TransferRules(1 << 20, 300_000, Duration.ofMillis(700), 8 << 20)));
  }

  public void restart(RunEvents next) throws IOException {
    events = next;
    restart();
  }

  /** From now on durations stand still: nothing runs out, however slow the machine is. */
  public void standStill() throws IOException {
    ticker = () -> 0;
    restart();
  }

  /** From now on functions are started by another runner. */
  public void use(Runner other) throws IOException {
    services.close();
    serve(other);
  }

  public void restart() throws IOException {
    services.close();
    runner.close();
    open();
  }

  public SignedBytes sign(Order order) {
    return coordinatorKey.sign(Order.TYPE, Json.bytes(order));
  }

  public RunOutcome run(Order order) {
    return new OrderRun(services, sign(order), ref.run()).apply(order);
  }

  public OrderRun again(Order order, RunId run) {
    return new OrderRun(services, sign(order), run);
  }

  /** The manifest that lies in the bucket. */
  public Manifest manifest() throws IOException {
    SignedBytes signed = SignedBytes.parse(bucket.text(prefix() + Manifest.NAME));
    return Json.read(signed.bytes(), Manifest.class);
  }

  public String prefix() {
    return Manifest.prefix(ref);
  }

  @Override
  public void close() throws IOException {
    services.close();
    runner.close();
    bucket.close();
  }
}
