package dev.millrace.runtime.unit;

import dev.millrace.runtime.unit.Transfer.Moved;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.run.RunChannel.Want;
import dev.millrace.schema.run.RunObjects;
import dev.millrace.schema.run.RunObjects.Opened;
import dev.millrace.schema.run.RunObjects.Put;
import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Moves small objects of a store in this process. What it does not move, or what fails on the way,
 * goes by URL, which tries again and goes on where it was.
 */
final class NearTransfer {
  private static final long BYTES_MAX = 1 << 20;

  private final RunObjects objects;

  NearTransfer(RunObjects objects) {
    this.objects = objects;
  }

  /** Fetches a small input of exactly that version; empty when it is to go by URL. */
  Optional<Moved> fetch(RunRef run, InputRef input, Path target)
      throws InterruptedException, LeaseLost {
    if (input.size() > BYTES_MAX) {
      return Optional.empty();
    }
    try {
      return switch (objects.open(run, new Want.Input())) {
        case Opened.ByUrl() -> Optional.empty();
        case Opened.Gone() -> Optional.of(new Moved.Gone());
        case Opened.Refused(String reason) -> throw Tries.refused(reason);
        case Opened.Here(ObjectBody body) -> {
          try (body) {
            yield body.head().version().equals(input.version())
                ? arrived(body, input.size(), target)
                : Optional.of(new Moved.Superseded());
          }
        }
      };
    } catch (IOException e) {
      return byUrl();
    }
  }

  private static Optional<Moved> arrived(ObjectBody body, long size, Path target)
      throws IOException {
    MessageDigest digest = Hex.sha256();
    long came;
    try (OutputStream out = Files.newOutputStream(target)) {
      came = new DigestInputStream(body.stream(), digest).transferTo(out);
    }
    return came == size ? Optional.of(new Moved.Done(Hex.of(digest.digest()))) : Optional.empty();
  }

  /** Writes a small object under the run's prefix; empty when it is to go by URL. */
  Optional<Moved> put(RunRef run, String relative, byte[] bytes)
      throws InterruptedException, LeaseLost {
    if (bytes.length > BYTES_MAX) {
      return Optional.empty();
    }
    try {
      return switch (objects.put(run, relative, bytes)) {
        case Put.ByUrl() -> Optional.empty();
        case Put.Refused(String reason) -> throw Tries.refused(reason);
        case Put.Done() -> Optional.of(new Moved.Done(Hex.of(Hex.sha256(bytes))));
      };
    } catch (IOException e) {
      return byUrl();
    }
  }

  /** The same with a small file, which is read once: what is hashed is what is written. */
  Optional<Moved> putFile(RunRef run, String relative, Path file)
      throws IOException, InterruptedException, LeaseLost {
    return objects == RunObjects.NONE || Files.size(file) > BYTES_MAX
        ? Optional.empty()
        : put(run, relative, Files.readAllBytes(file));
  }

  private static Optional<Moved> byUrl() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return Optional.empty();
  }
}
