package dev.millrace.orch.channel;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.order.Places;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.OutputFile;
import dev.millrace.schema.run.RunChannel.Want;
import java.util.Optional;
import java.util.function.Function;

/** What a run may read and write, by what the journal says of its attempt at this very moment. */
final class RunRights {
  private final Journal journal;
  private final Orders orders;
  private final Places places;

  RunRights(Journal journal, Orders orders, Places places) {
    this.journal = journal;
    this.orders = orders;
    this.places = places;
  }

  /** What a wish comes to. */
  sealed interface Right {
    /** This object may be read. */
    record Reads(ObjectName name) implements Right {}

    /** This object may be written. */
    record Writes(ObjectName name) implements Right {}

    /** This step of an upload in parts may be made. */
    record Uploads(ObjectName name, UploadStep step) implements Right {}

    /** Nothing may. */
    record None(String reason) implements Right {}
  }

  /** The attempt of a run that has it still. */
  Optional<Attempt> current(RunRef run) {
    return winner(run).filter(a -> a.state() == AttemptState.RUNNING);
  }

  /** The attempt that this run claimed, whether it has it still or not. */
  private Optional<Attempt> winner(RunRef run) {
    return journal
        .attemptOfAny(run.attempt())
        .filter(a -> a.token() == run.token() && run.run().equals(a.run()));
  }

  Right of(RunRef run, Want want) {
    boolean aborting = want instanceof Want.OutputUpload(var relative, UploadStep.Abort abort);
    Optional<Attempt> attempt = aborting ? winner(run) : current(run);
    if (attempt.isEmpty()) {
      return new Right.None("the run is not the attempt's current one");
    }
    Order order = orders.kept(attempt.get());
    return switch (want) {
      case Want.Input input ->
          order.bundle() == null
              ? new Right.Reads(order.input().name())
              : new Right.None("the input comes in the order's bundle");
      case Want.Bundle bundle ->
          order.bundle() == null
              ? new Right.None("the order has no bundle")
              : new Right.Reads(places.bundle(order.attempt()));
      case Want.FunctionPart(String sha256) ->
          order.function().files().stream().anyMatch(f -> f.sha256().equals(sha256))
              ? new Right.Reads(places.file(sha256))
              : new Right.None("the function has no file " + sha256);
      case Want.Output(String relative) -> writing(run, order, relative, Right.Writes::new);
      case Want.OutputUpload(String relative, UploadStep step) ->
          writing(run, order, relative, name -> new Right.Uploads(name, step));
    };
  }

  private Right writing(
      RunRef run, Order order, String relative, Function<ObjectName, Right> right) {
    if (!relative.equals(Manifest.NAME) && !relative.equals(Manifest.LOG)) {
      if (!relative.startsWith(Manifest.OUTPUTS)) {
        return new Right.None("a run writes its manifest, its log, and under out/");
      }
      try {
        // The record proves that the path stays inside.
        new OutputFile(relative.substring(Manifest.OUTPUTS.length()), 0, "");
      } catch (IllegalArgumentException e) {
        return new Right.None(String.valueOf(e.getMessage()));
      }
    }
    try {
      return right.apply(places.ofRun(order.function(), Manifest.prefix(run) + relative));
    } catch (IllegalArgumentException e) {
      return new Right.None(String.valueOf(e.getMessage()));
    }
  }
}
