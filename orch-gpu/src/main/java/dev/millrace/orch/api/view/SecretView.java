package dev.millrace.orch.api.view;

import java.time.Instant;
import java.util.List;

/**
 * A secret, without its value.
 *
 * @param bytes of the value
 * @param setAt when it got the value that it has
 * @param functions deployed ones that want it
 */
public record SecretView(
    String name, int bytes, Instant createdAt, Instant setAt, List<String> functions) {
  public SecretView {
    functions = List.copyOf(functions);
  }
}
