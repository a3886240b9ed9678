package dev.millrace.fdl;

import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.id.FunctionName;
import java.util.List;
import java.util.stream.Collectors;

/** Functions that would trigger each other without end. The last step leads to the first. */
public record Loop(List<Step> steps) {
  private static final int SHOWN = 20;

  public Loop {
    steps = List.copyOf(steps);
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("a loop has at least one step");
    }
  }

  /**
   * One function's output that is the next one's input.
   *
   * @param function whose output it is
   * @param input of the function of the step that follows
   */
  public record Step(FunctionName function, OutputRule output, InputRule input) {
    private String target() {
      String folder = output.folder().isEmpty() ? "" : output.folder() + "/";
      return output.store() + ":" + output.bucket() + "/" + folder;
    }
  }

  /** Whether a function is part of it. */
  public boolean holds(FunctionName function) {
    return steps.stream().anyMatch(step -> step.function().equals(function));
  }

  /**
   * The chain: {@code a -> minio.default:bucket/out/ -> b -> minio.default:bucket/in/ -> a}. Of a
   * long one the middle is counted.
   */
  public String chain() {
    if (steps.size() <= SHOWN) {
      return shown(steps) + steps.getFirst().function();
    }
    int half = SHOWN / 2;
    return shown(steps.subList(0, half))
        + "... "
        + (steps.size() - 2 * half)
        + " more functions ... -> "
        + shown(steps.subList(steps.size() - half, steps.size()))
        + steps.getFirst().function();
  }

  private static String shown(List<Step> steps) {
    return steps.stream()
        .map(step -> step.function() + " -> " + step.target() + " -> ")
        .collect(Collectors.joining());
  }
}
