package dev.millrace.runtime.unit;

import dev.millrace.runtime.unit.Transfer.Moved;
import dev.millrace.schema.function.FunctionFile;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.Order;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** How the files that ship with a function come to a run: kept here first, then into its folder. */
final class FilesStep {
  private final RunServices services;
  private final Order order;
  private final RunRef run;

  FilesStep(RunServices services, Order order, RunRef run) {
    this.services = services;
    this.order = order;
    this.run = run;
  }

  private interface Bringing {
    Moved bring(FunctionFile file) throws IOException, InterruptedException, LeaseLost;
  }

  /**
   * Sees to it that they are here.
   *
   * @return why they are not; empty when they are
   */
  Optional<String> keep() throws IOException, InterruptedException, LeaseLost {
    return each(file -> services.files.keep(run, file, services.transfer));
  }

  /**
   * Puts them into the run's folder.
   *
   * @return why they are not there; empty when they are
   */
  Optional<String> place() throws IOException, InterruptedException, LeaseLost {
    Path folder = services.folders.of(run.run()).function();
    Files.createDirectories(folder);
    return each(file -> services.files.place(run, file, folder, services.transfer));
  }

  /** The same for a runner that knows of no lease: whoever guards its start hears of the loss. */
  Optional<String> placeForRunner() throws IOException, InterruptedException {
    try {
      return place();
    } catch (LeaseLost e) {
      return Optional.of(e.reason());
    }
  }

  private Optional<String> each(Bringing bringing)
      throws IOException, InterruptedException, LeaseLost {
    for (FunctionFile file : order.function().files()) {
      Moved moved = bringing.bring(file);
      if (!(moved instanceof Moved.Done)) {
        return Optional.of(
            moved instanceof Moved.Failed(String why)
                ? why
                : "file " + file.name() + " of the function is not there");
      }
    }
    return Optional.empty();
  }
}
