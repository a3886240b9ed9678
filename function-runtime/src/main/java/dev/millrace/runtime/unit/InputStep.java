package dev.millrace.runtime.unit;

import dev.millrace.runtime.bundle.Unpacking;
import dev.millrace.runtime.bundle.Unpacking.Unpacked;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.runtime.unit.Transfer.Moved;
import dev.millrace.schema.bundle.EnvironmentFile;
import dev.millrace.schema.bundle.OrderVariables;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.BundleRef;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** How input and environment come to a run: by reference, or together as a bundle. */
final class InputStep {
  private final Transfer transfer;
  private final WorkFolder folder;

  InputStep(Transfer transfer, WorkFolder folder) {
    this.transfer = transfer;
    this.folder = folder;
  }

  /** What came of it. */
  sealed interface Brought {
    /**
     * The input is in its folder.
     *
     * @param sha256 of the input, in hex
     */
    record Done(String sha256) implements Brought {}

    /** It is not, and the run ends so. */
    record Not(RunOutcome outcome) implements Brought {}
  }

  Brought bring(Order order, RunRef run) throws IOException, InterruptedException, LeaseLost {
    Path input = folder.input().resolve(InputName.of(order.input().name().key()));
    BundleRef bundle = order.bundle();
    return bundle == null
        ? brought(transfer.fetchInput(run, order.input(), input))
        : unpacked(order, run, bundle, input);
  }

  private static Brought brought(Moved moved) {
    return switch (moved) {
      case Moved.Superseded() -> new Brought.Not(new RunOutcome.InputSuperseded());
      case Moved.Gone() -> new Brought.Not(new RunOutcome.InputGone());
      case Moved.Failed(String reason) -> new Brought.Not(new RunOutcome.Broken(reason, true));
      case Moved.Done(String sha256) -> new Brought.Done(sha256);
    };
  }

  private Brought unpacked(Order order, RunRef run, BundleRef bundle, Path input)
      throws IOException, InterruptedException, LeaseLost {
    Path zip = folder.root().resolve("bundle.zip");
    try {
      return switch (transfer.fetchBundle(run, bundle, zip)) {
        case Moved.Done(String sha256) when !sha256.equals(bundle.sha256()) ->
            // The next attempt is given a bundle of its own.
            again("the bundle has SHA-256 " + sha256 + ", the order names " + bundle.sha256());
        case Moved.Done done -> unpack(order, bundle, zip, input);
        case Moved.Failed(String reason) -> again(reason);
        case Moved.Superseded(), Moved.Gone() -> again("the bundle was not there any more");
      };
    } finally {
      Files.deleteIfExists(zip);
    }
  }

  private static Brought again(String reason) {
    return new Brought.Not(new RunOutcome.Broken(reason, true));
  }

  private Brought unpack(Order order, BundleRef bundle, Path zip, Path input) throws IOException {
    Unpacking.Wanted wanted =
        new Unpacking.Wanted(
            bundle.contentBytes(), order.input().size(), folder.environment(), input);
    return switch (Unpacking.unpack(zip, wanted)) {
      case Unpacked.Done(String sha256) -> new Brought.Done(sha256);
      // It is what the coordinator signed: fetching it again gives the same.
      case Unpacked.Refused(String reason) -> new Brought.Not(new RunOutcome.Broken(reason, false));
    };
  }

  /** What order or bundle say of the environment, once {@link #bring} is done. */
  static Map<String, String> environment(Order order, WorkFolder folder) throws IOException {
    if (order.bundle() == null) {
      return OrderVariables.all(order);
    }
    try {
      return EnvironmentFile.read(Files.readAllBytes(folder.environment()));
    } catch (IllegalArgumentException e) {
      throw new IOException("the environment of a run was changed: " + e.getMessage(), e);
    }
  }
}
