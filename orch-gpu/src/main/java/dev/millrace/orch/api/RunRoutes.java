package dev.millrace.orch.api;

import dev.millrace.orch.secret.Carrier;
import java.io.IOException;

/** The coordinator's end of a run channel over HTTP, with a codec of its own. */
@FunctionalInterface
public interface RunRoutes {
  /**
   * Who asks.
   *
   * @param carrier the way that the answer takes
   */
  record Caller(Tokens.Principal principal, Carrier carrier) {}

  /**
   * Answers one call.
   *
   * @param who asks; one of role PROVIDER may act for runs of its own provider alone
   * @param operation {@code claim}, {@code url}, {@code renew}, {@code settle}, {@code followed} or
   *     {@code printed}
   * @param body as it came
   * @throws dev.millrace.schema.json.MalformedJson when the body is not what the operation takes
   */
  byte[] call(Caller who, String operation, byte[] body) throws IOException;
}
