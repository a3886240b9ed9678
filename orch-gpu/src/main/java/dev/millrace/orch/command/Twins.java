package dev.millrace.orch.command;

import dev.millrace.orch.api.view.ObjectPage;
import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Whether a file and an object hold the same bytes, as far as a listing tells: by size and MD5,
 * where the entity tag is one (RFC 9110 promises nothing of it, stores give it for what was written
 * in one piece); otherwise by size, where the copy is not older than what it was made from.
 */
final class Twins {
  private static final Pattern MD5 = Pattern.compile("[0-9a-fA-F]{32}");
  private static final int BUFFER = 1 << 16;

  private Twins() {}

  /** Whether this file was uploaded as this object. */
  static boolean uploaded(Path file, ObjectPage.Row object) throws IOException {
    return same(file, object, !object.lastModified().isBefore(written(file)));
  }

  /** Whether this object was downloaded to this file; false when there is none. */
  static boolean downloaded(Path file, ObjectPage.Row object) throws IOException {
    return Files.isRegularFile(file)
        && same(file, object, !written(file).isBefore(object.lastModified()));
  }

  private static boolean same(Path file, ObjectPage.Row object, boolean copyIsNewer)
      throws IOException {
    if (Files.size(file) != object.size()) {
      return false;
    }
    return MD5.matcher(object.eTag()).matches()
        ? md5(file).equals(object.eTag().toLowerCase(Locale.ROOT))
        : copyIsNewer;
  }

  /** To the second, as listings tell it. */
  private static Instant written(Path file) throws IOException {
    return Instant.ofEpochSecond(Files.getLastModifiedTime(file).toInstant().getEpochSecond());
  }

  private static String md5(Path file) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[BUFFER];
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        digest.update(buffer, 0, got);
      }
    }
    return Hex.of(digest.digest());
  }
}
