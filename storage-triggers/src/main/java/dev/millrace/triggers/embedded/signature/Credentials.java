package dev.millrace.triggers.embedded.signature;

import java.util.Optional;

/** Where access keys are known. Asked for each request, by any thread. */
@FunctionalInterface
public interface Credentials {
  /** The access key of that id, when there is one. */
  Optional<AccessKey> find(String accessKeyId);
}
