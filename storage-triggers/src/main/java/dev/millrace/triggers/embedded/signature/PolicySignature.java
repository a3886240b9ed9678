package dev.millrace.triggers.embedded.signature;

import java.util.Map;
import java.util.Optional;

/**
 * The signature of a browser form's policy, among the fields of the form.
 *
 * @param policy the policy as it was sent and signed, in Base64
 * @param fields all fields, names in lower case
 */
public record PolicySignature(String policy, Map<String, String> fields) {
  public PolicySignature {
    fields = Map.copyOf(fields);
  }

  Optional<String> field(String name) {
    return Optional.ofNullable(fields.get(name));
  }
}
