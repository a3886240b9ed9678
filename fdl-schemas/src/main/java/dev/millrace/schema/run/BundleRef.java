package dev.millrace.schema.run;

import java.util.regex.Pattern;

/**
 * The zip of environment file and input that lies in the intermediate bucket for one attempt, so
 * exactly that no other can be put in its place.
 *
 * @param size bytes of the zip
 * @param sha256 of the zip, lower-case hex
 * @param contentBytes of all its entries together, unpacked
 */
public record BundleRef(long size, String sha256, long contentBytes) {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  public BundleRef {
    if (size < 1 || contentBytes < 0) {
      throw new IllegalArgumentException(
          "a bundle has bytes: size " + size + ", unpacked " + contentBytes);
    }
    if (!SHA256.matcher(sha256).matches()) {
      throw new IllegalArgumentException("a bundle's SHA-256 is 64 lower-case hex digits");
    }
  }
}
