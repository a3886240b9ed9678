package dev.millrace.runtime.runner;

import dev.millrace.schema.function.Code;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.Limits;
import dev.millrace.schema.run.SliceGrant;
import java.util.List;
import java.util.Map;

/**
 * All that a runner needs to start a function. It may hold secrets: never stored or logged.
 *
 * @param folder made, with the input in place
 * @param variables the function's whole environment but for what the runner itself sets
 * @param limits with the network that it may reach
 * @param slices the shares of devices that are reserved for it
 * @param keep what may be kept of it for the function's next job
 * @param files brings the function's files to the folder, before a runner that does not {@linkplain
 *     Runner#placesFiles ask for them itself} hears of the plan
 */
public record RunPlan(
    RunRef run,
    FunctionRef function,
    WorkFolder folder,
    Code code,
    Map<String, String> variables,
    Limits limits,
    List<SliceGrant> slices,
    Keep keep,
    FunctionFiles files) {
  public RunPlan {
    variables = Map.copyOf(variables);
    slices = List.copyOf(slices);
  }

  /** A run of which nothing is kept. */
  public RunPlan(
      RunRef run,
      FunctionRef function,
      WorkFolder folder,
      Code code,
      Map<String, String> variables,
      Limits limits,
      List<SliceGrant> slices) {
    this(run, function, folder, code, variables, limits, slices, Keep.NOTHING);
  }

  /** A run whose function's files are in place. */
  public RunPlan(
      RunRef run,
      FunctionRef function,
      WorkFolder folder,
      Code code,
      Map<String, String> variables,
      Limits limits,
      List<SliceGrant> slices,
      Keep keep) {
    this(run, function, folder, code, variables, limits, slices, keep, FunctionFiles.IN_PLACE);
  }

  @Override
  public String toString() {
    return "RunPlan[" + run + ", " + function + "]";
  }
}
