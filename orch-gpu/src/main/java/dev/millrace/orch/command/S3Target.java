package dev.millrace.orch.command;

import dev.millrace.orch.api.view.ObjectView;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A place in a bucket as the command line names it.
 *
 * @param key may be empty or end with a slash: a folder then
 */
record S3Target(String bucket, String key) {
  boolean isFolder() {
    return key.isEmpty() || key.endsWith("/");
  }

  /** The object of this name in the folder, or this very object. */
  ObjectView object(String fileName) {
    return new ObjectView(null, bucket, isFolder() ? key + fileName : key);
  }

  ObjectView object() {
    return new ObjectView(null, bucket, key);
  }

  static boolean looksLikeOne(String text) {
    return text.startsWith("s3://");
  }

  /** Reads {@code s3://bucket/key}. */
  static S3Target parse(String text) {
    int slash = looksLikeOne(text) ? text.indexOf('/', 5) : -1;
    if (slash == 5 || !looksLikeOne(text) || text.length() == 5) {
      throw new TypeConversionException(
          "an object is written s3://bucket/key, found: '" + text + "'");
    }
    return slash < 0
        ? new S3Target(text.substring(5), "")
        : new S3Target(text.substring(5, slash), text.substring(slash + 1));
  }

  /** For picocli. */
  static final class Converter implements ITypeConverter<S3Target> {
    @Override
    public S3Target convert(String text) {
      return parse(text);
    }
  }
}
