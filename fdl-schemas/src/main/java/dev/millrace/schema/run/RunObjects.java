package dev.millrace.schema.run;

import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.run.RunChannel.Want;
import java.io.IOException;

/**
 * A run's objects without a URL, for a provider in the process of the coordinator and of the store.
 * The rights are those of {@link RunChannel#url}, looked up at each call: a run whose lease is lost
 * reads and writes nothing here either, and no key of the store is handed over. An IOException
 * means that the outcome is unknown and the call may be made again.
 */
public interface RunObjects {
  /** Nothing is near: all goes by URL. */
  RunObjects NONE =
      new RunObjects() {
        @Override
        public Opened open(RunRef run, Want want) {
          return new Opened.ByUrl();
        }

        @Override
        public Put put(RunRef run, String relative, byte[] bytes) {
          return new Put.ByUrl();
        }
      };

  /** Opens what the run may read; the caller closes it, and compares its head with its wish. */
  Opened open(RunRef run, Want want) throws IOException;

  /**
   * Writes a small object under the run's own prefix.
   *
   * @param relative as in {@link Want.Output}
   */
  Put put(RunRef run, String relative, byte[] bytes) throws IOException;

  /** The answer to a wish to read. */
  sealed interface Opened {
    /** Here it is. */
    record Here(ObjectBody body) implements Opened {}

    /** Nothing is there. */
    record Gone() implements Opened {}

    /** Not from here: ask for a URL. */
    record ByUrl() implements Opened {}

    /** The token is not current or the wish is not this run's. */
    record Refused(String reason) implements Opened {}
  }

  /** The answer to a wish to write. */
  sealed interface Put {
    /** It is durable. */
    record Done() implements Put {}

    /** Not from here: ask for a URL. */
    record ByUrl() implements Put {}

    /** The token is not current or the wish is not this run's. */
    record Refused(String reason) implements Put {}
  }
}
