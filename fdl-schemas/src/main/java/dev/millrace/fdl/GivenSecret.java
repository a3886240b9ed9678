package dev.millrace.fdl;

import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.SecretName;

/**
 * A secret whose value a file itself holds, as OSCAR's do. It is for the store of secrets, and for
 * nothing else.
 *
 * @param function which wants it
 * @param name of the stored secret that it becomes
 */
public record GivenSecret(FunctionName function, SecretName name, String value) {
  @Override
  public String toString() {
    return "GivenSecret[" + name + " of " + function + "]";
  }
}
