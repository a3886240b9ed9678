package dev.millrace.orch.api.view;

import dev.millrace.schema.ledger.Ledger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a verification of the ledger found.
 *
 * @param size entries, when it is sound
 * @param problems empty when it is sound
 */
public record VerifyView(
    boolean sound, @Nullable Long size, @Nullable String rootHash, List<Fault> problems) {
  public VerifyView {
    problems = List.copyOf(problems);
  }

  /** As the API writes it. */
  public static VerifyView of(Ledger.Verification found) {
    return switch (found) {
      case Ledger.Verification.Sound(long size, String root) ->
          new VerifyView(true, size, root, List.of());
      case Ledger.Verification.Broken(List<Ledger.Problem> problems) ->
          new VerifyView(
              false,
              null,
              null,
              problems.stream().map(p -> new Fault(p.index(), p.what())).toList());
    };
  }

  /**
   * A fault.
   *
   * @param index of the entry, -1 for the log as a whole
   */
  public record Fault(long index, String what) {}
}
