package dev.millrace.runtime.unit;

import dev.millrace.runtime.runner.LogCut;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.runtime.unit.Transfer.Moved;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.OutputFile;
import dev.millrace.schema.run.RunGrant;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The steps behind the function: outputs, log, receipt, and last the manifest. */
final class Settlement {
  private static final int MANIFEST_ROUNDS = 10;

  private final RunServices services;
  private final Order order;
  private final RunGrant grant;
  private final WorkFolder folder;
  private final RunSecrets secrets;

  /** Keeps a state before the next step. */
  interface Keeper {
    RunState keep(RunState state) throws IOException;
  }

  Settlement(RunServices services, Order order, RunGrant grant) {
    this.services = services;
    this.order = order;
    this.grant = grant;
    this.folder = services.folders.of(grant.run().run());
    this.secrets = new RunSecrets(order, grant);
  }

  RunOutcome settle(RunState ended, Keeper keeper)
      throws IOException, InterruptedException, LeaseLost {
    RunState state = ended;
    if (state.step() == RunState.Step.ENDED) {
      services.events.ended(grant.run(), Objects.requireNonNull(state.outcome()));
      RunOutcome before = Objects.requireNonNull(state.outcome());
      state = upload(state);
      if (!state.outputs().isEmpty() || logBytes() != 0 || !before.equals(state.outcome())) {
        // Where nothing was uploaded there is nothing to be done twice, nor to end otherwise.
        keeper.keep(state);
      }
      services.events.uploaded(grant.run());
    }
    if (state.step() == RunState.Step.UPLOADED) {
      state = keeper.keep(state.signed(manifest(state)));
    }
    SignedBytes manifest = Objects.requireNonNull(state.manifest());
    RunOutcome outcome = Objects.requireNonNull(state.outcome());
    write(manifest);
    tell(manifest);
    services.folders.remove(grant.run().run());
    services.receipts.forget(grant.run().run());
    services.events.settled(grant.run(), outcome);
    return outcome;
  }

  /** Tried for long: all the work of the run hangs on it. A lost lease ends it sooner. */
  private void write(SignedBytes manifest) throws InterruptedException, LeaseLost {
    byte[] line = manifest.line().getBytes(StandardCharsets.UTF_8);
    String reason = "";
    for (int round = 0; round < MANIFEST_ROUNDS; round++) {
      Moved written = services.transfer.put(grant.run(), Manifest.NAME, line);
      if (!(written instanceof Moved.Failed(String why))) {
        return;
      }
      reason = why;
    }
    throw new LeaseLost(LeaseKeeper.Standing.UNREACHABLE, reason);
  }

  /** Only a hint: what counts lies in the bucket. */
  private void tell(SignedBytes manifest) throws InterruptedException {
    for (int failed = 1; failed <= services.backoff.tries(); failed++) {
      try {
        services.channel.settle(grant.run(), manifest);
        return;
      } catch (IOException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        services.backoff.pause(failed);
      }
    }
  }

  private RunState upload(RunState state) throws IOException, InterruptedException, LeaseLost {
    RunOutcome outcome = Objects.requireNonNull(state.outcome());
    List<OutputFile> files = new ArrayList<>();
    if (outcome instanceof RunOutcome.Succeeded) {
      outcome = uploadOutputs(files);
    }
    // An empty log is told by the manifest alone: an object for it would cost a request and syncs.
    if (Files.exists(folder.log()) && Files.size(folder.log()) > 0) {
      // A log that cannot be kept does not take the result away.
      if (!masked(state) || put(Manifest.LOG, folder.log()) instanceof Moved.Failed) {
        Files.move(folder.log(), lostLog(), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return state.uploaded(outcome, outcome instanceof RunOutcome.Succeeded ? files : List.of());
  }

  /** Whether the log shows no secret now: it may show those that the function was started with. */
  private boolean masked(RunState state) throws InterruptedException {
    if (!secrets.areOf(state)) {
      return false;
    }
    try {
      secrets.masking().file(folder.log(), LogCut.within(order.limits().logMaxBytes()));
      return true;
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      // A full disk, for one.
      return false;
    }
  }

  /** The log's name from when it is known that it is not kept: told again after a restart. */
  private Path lostLog() {
    return folder.log().resolveSibling("log.lost");
  }

  private long logBytes() throws IOException {
    if (Files.exists(lostLog())) {
      return Manifest.LOG_LOST;
    }
    return Files.exists(folder.log()) ? Files.size(folder.log()) : 0;
  }

  private RunOutcome uploadOutputs(List<OutputFile> uploaded)
      throws IOException, InterruptedException, LeaseLost {
    long bytesMax = services.transfer.rules().outputsMax();
    switch (Outputs.collect(folder.output(), Manifest.prefix(grant.run()), bytesMax)) {
      case Outputs.Collected.Unfit(String reason) -> {
        return new RunOutcome.Broken(reason, false);
      }
      case Outputs.Collected.Files(List<Outputs.Found> found, List<String> notes) -> {
        note(notes);
        for (Outputs.Found file : found) {
          switch (putOutput(file.path())) {
            case Moved.Done(String sha256) -> uploaded.add(file.hashed(sha256));
            case Moved other -> {
              return new RunOutcome.Broken(reason(file, other), true);
            }
          }
        }
        return new RunOutcome.Succeeded();
      }
    }
  }

  /** Only what still lies where it was found: no link leads from there to the host's files. */
  private Moved putOutput(String path) throws IOException, InterruptedException, LeaseLost {
    Path file = folder.output().toRealPath().resolve(path);
    return file.toRealPath().equals(file) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        ? put(Manifest.OUTPUTS + path, file)
        : new Moved.Failed("output '" + path + "' was changed after the function had ended");
  }

  private static String reason(Outputs.Found file, Moved moved) {
    return moved instanceof Moved.Failed(String why)
        ? why
        : "output '" + file.path() + "' was not uploaded";
  }

  private Moved put(String relative, Path file)
      throws IOException, InterruptedException, LeaseLost {
    return services.transfer.putFile(grant.run(), relative, file, RunFolders.upload(folder));
  }

  private void note(List<String> notes) throws IOException {
    if (!notes.isEmpty()) {
      Files.writeString(
          folder.log(),
          String.join("\n", notes) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }

  private SignedBytes manifest(RunState state) throws IOException {
    SignedBytes receipt =
        services.receipts.receipt(
            state.run(), (sequence, previous) -> receipt(state, sequence, previous));
    Manifest manifest =
        new Manifest(
            grant.run(),
            Objects.requireNonNull(state.outcome()),
            state.outputs(),
            logBytes(),
            times(state.times()),
            receipt);
    return services.key.sign(Manifest.TYPE, Json.bytes(manifest));
  }

  private Manifest.RunTimes times(RunState.Times times) {
    Instant fetched = or(times.fetchedAt(), times.claimedAt());
    Instant started = or(times.startedAt(), fetched);
    return new Manifest.RunTimes(
        times.claimedAt(),
        fetched,
        started,
        or(times.endedAt(), started),
        services.clocks.wall().instant());
  }

  private static Instant or(@Nullable Instant time, Instant other) {
    return time == null ? other : time;
  }

  /** How long the function ran: a millisecond that was begun counts, so none is free. */
  private static Duration wholeMillis(Manifest.RunTimes times) {
    Duration ran = Duration.between(times.startedAt(), times.endedAt());
    return Duration.ofMillis(Math.max(1, ran.plusNanos(999_999).toMillis()));
  }

  private Receipt receipt(RunState state, long sequence, String previous) {
    RunOutcome outcome = Objects.requireNonNull(state.outcome());
    ReceiptDigests digests = new ReceiptDigests(grant.digestKey());
    Manifest.RunTimes times = times(state.times());
    return new Receipt(
        services.provider,
        sequence,
        previous,
        grant.run(),
        outcome.label(),
        exitCode(outcome),
        digests.of(state.inputSha256()),
        state.outputs().stream().map(file -> digests.of(file.sha256())).toList(),
        digests.of(order.function()),
        times.startedAt(),
        state.times().startedAt() == null
            ? times.endedAt()
            : times.startedAt().plus(wholeMillis(times)),
        order.slices().stream()
            .map(slice ->
                new Receipt.DeviceUse(
                    slice.address(),
                    slice.slice().memory(),
                    slice.enforcement(),
                    slice.simulated()))
            .toList());
  }

  private static @Nullable Integer exitCode(RunOutcome outcome) {
    return switch (outcome) {
      case RunOutcome.Succeeded() -> 0;
      case RunOutcome.Failed(int code) -> code;
      case RunOutcome.TimedOut _,
          RunOutcome.OutOfMemory _,
          RunOutcome.InputSuperseded _,
          RunOutcome.InputGone _,
          RunOutcome.Broken _,
          RunOutcome.Stopped _ ->
          null;
    };
  }
}
