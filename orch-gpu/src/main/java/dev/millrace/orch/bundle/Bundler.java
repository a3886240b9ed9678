package dev.millrace.orch.bundle;

import dev.millrace.orch.order.Places;
import dev.millrace.schema.bundle.EnvironmentFile;
import dev.millrace.schema.bundle.OrderVariables;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.schema.run.BundleRef;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.run.Order;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Makes the bundle of an attempt: through a file of this host, since a store wants to know the
 * length before the first byte. Making it again gives the same place the same content.
 */
public final class Bundler {
  /** Bytes of an input that still fits one PUT with what the zip adds, however little it packs. */
  public static final long INPUT_MAX = 5L * (1L << 30) - (16L << 20);

  /** How many are made at a time: each takes the disk of its input. */
  private static final int AT_ONCE = 4;

  private final Stores stores;
  private final Places places;
  private final Path folder;
  private final Semaphore room = new Semaphore(AT_ONCE);

  /**
   * @param folder for files that are being made; what an earlier process left in it is removed
   */
  public Bundler(Stores stores, Places places, Path folder) throws IOException {
    this.stores = stores;
    this.places = places;
    this.folder = Files.createDirectories(folder);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** What came of it. */
  public sealed interface Bundled {
    /** It lies in the intermediate bucket. */
    record Done(BundleRef bundle) implements Bundled {}

    /** The input is there in another version than was admitted. */
    record Superseded() implements Bundled {}

    /** The input is not there any more. */
    record Gone() implements Bundled {}

    /** It cannot be one bundle. */
    record Unfit(String reason) implements Bundled {}
  }

  /**
   * Makes the bundle of the order's attempt.
   *
   * @throws IOException when store or disk fail; to be tried again
   */
  public Bundled make(Order order) throws IOException, InterruptedException {
    InputRef input = order.input();
    if (input.size() > INPUT_MAX) {
      return new Bundled.Unfit(
          "its input has %d bytes; a bundle takes up to %d: deploy it with staging: reference"
              .formatted(input.size(), INPUT_MAX));
    }
    byte[] environment;
    try {
      environment = EnvironmentFile.bytes(OrderVariables.all(order));
    } catch (IllegalArgumentException e) {
      return new Bundled.Unfit("its environment cannot be written: " + e.getMessage());
    }
    if (environment.length > EnvironmentFile.BYTES_MAX) {
      return new Bundled.Unfit(
          "its environment has "
              + environment.length
              + " bytes, more than the "
              + EnvironmentFile.BYTES_MAX
              + " of a bundle");
    }
    room.acquire();
    try {
      return make(order, environment);
    } finally {
      room.release();
    }
  }

  private Bundled make(Order order, byte[] environment) throws IOException {
    InputRef input = order.input();
    ObjectName from = input.name();
    Optional<ObjectBody> found = stores.get(from.store()).read(from.bucket(), from.key());
    if (found.isEmpty()) {
      return new Bundled.Gone();
    }
    Path file = Files.createTempFile(folder, "bundle", ".zip");
    try (ObjectBody body = found.get()) {
      if (!body.head().version().equals(input.version()) || body.head().size() != input.size()) {
        return new Bundled.Superseded();
      }
      BundleRef made = BundleZip.write(environment, body.stream(), file);
      long came = made.contentBytes() - environment.length;
      if (came != input.size()) {
        throw new StoreException(
            StoreException.Kind.RETRY,
            "%d of %d bytes of the input came".formatted(came, input.size()));
      }
      upload(file, places.bundle(order.attempt()), made.size());
      return new Bundled.Done(made);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private void upload(Path file, ObjectName to, long size) throws IOException {
    WriteOptions options = new WriteOptions(false, "application/zip", Map.of());
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      stores.get(to.store()).write(to, in, size, options);
    }
  }
}
