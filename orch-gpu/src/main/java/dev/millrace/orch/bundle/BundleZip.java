package dev.millrace.orch.bundle;

import dev.millrace.schema.bundle.BundleEntries;
import dev.millrace.schema.run.BundleRef;
import dev.millrace.schema.sign.Hex;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes a bundle as a stream: what is in memory does not grow with the input. */
final class BundleZip {
  /**
   * All entries have it: the same content gives the same zip. The format's very first moment would
   * be written out once more in an extra field.
   */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private BundleZip() {}

  /** Writes environment and input into the file, replacing it. */
  static BundleRef write(byte[] environment, InputStream input, Path file) throws IOException {
    MessageDigest digest = Hex.sha256();
    long inputBytes;
    try (OutputStream out =
            new DigestOutputStream(
                new BufferedOutputStream(Files.newOutputStream(file), 1 << 16), digest);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(Deflater.BEST_SPEED);
      zip.putNextEntry(entry(BundleEntries.ENVIRONMENT));
      zip.write(environment);
      zip.closeEntry();
      zip.putNextEntry(entry(BundleEntries.INPUT));
      inputBytes = input.transferTo(zip);
      zip.closeEntry();
    }
    return new BundleRef(
        Files.size(file), Hex.of(digest.digest()), environment.length + inputBytes);
  }

  private static ZipEntry entry(String name) {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(TIME);
    return entry;
  }
}
