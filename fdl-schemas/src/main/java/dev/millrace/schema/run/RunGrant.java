package dev.millrace.schema.run;

import dev.millrace.schema.id.RunRef;
import java.util.Map;

/**
 * What a granted claim carries; never stored or logged.
 *
 * @param digestKey hex key of this job's digests (HMAC-SHA-256), so that the provider can sign them
 * @param secrets today's values by variable name; none for a run that goes on when not all that its
 *     function wants can be had any more
 */
public record RunGrant(RunRef run, String digestKey, Map<String, String> secrets) {
  public RunGrant {
    secrets = Map.copyOf(secrets);
  }

  @Override
  public String toString() {
    return "RunGrant[" + run + ", " + secrets.size() + " secrets]";
  }
}
