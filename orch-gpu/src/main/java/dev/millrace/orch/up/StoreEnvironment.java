package dev.millrace.orch.up;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file that a shell reads to use the embedded store with any S3 client; its owner's alone. */
final class StoreEnvironment {
  /** Its name in the data folder. */
  static final String NAME = "store.env";

  private StoreEnvironment() {}

  static void write(Machine machine, Path data) throws IOException {
    String text =
        "export AWS_ENDPOINT_URL_S3="
            + machine.storeEndpoint()
            + "\nexport AWS_ACCESS_KEY_ID="
            + machine.accessKey().id()
            + "\nexport AWS_SECRET_ACCESS_KEY="
            + machine.accessKey().secret()
            + "\nexport AWS_DEFAULT_REGION="
            + machine.region()
            + "\n";
    Path part = data.resolve(NAME + ".part");
    Files.deleteIfExists(part);
    try (FileChannel channel =
        FileChannel.open(
            part,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
    Files.move(part, data.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
  }
}
