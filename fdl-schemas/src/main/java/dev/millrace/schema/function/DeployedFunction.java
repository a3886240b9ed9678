package dev.millrace.schema.function;

import dev.millrace.schema.id.FunctionRef;
import java.time.Instant;
import java.util.List;

/**
 * A revision of a function. Jobs name the function; an attempt pins its revision.
 *
 * @param revision 1 for the first
 */
public record DeployedFunction(
    FunctionRef ref,
    int revision,
    FunctionSpec spec,
    List<FunctionFile> files,
    Instant deployedAt) {
  public DeployedFunction {
    files = List.copyOf(files);
  }
}
