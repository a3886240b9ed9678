package dev.millrace.orch.command;

import dev.millrace.orch.api.view.ObjectView;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A place in a bucket as the command line names it.
 *
 * @param store null for the embedded one
 * @param key may be empty or end with a slash: a folder then
 */
record S3Target(@Nullable String store, String bucket, String key) {
  S3Target(String bucket, String key) {
    this(null, bucket, key);
  }

  /** The same place in a store; null for the embedded one. */
  S3Target in(@Nullable String other) {
    return new S3Target(other, bucket, key);
  }

  /** What a command that is to name the same store says of it. */
  String option() {
    return store == null ? "" : " --store " + store;
  }

  boolean isFolder() {
    return key.isEmpty() || key.endsWith("/");
  }

  /** The object of this name in the folder, or this very object. */
  ObjectView object(String fileName) {
    return new ObjectView(store, bucket, isFolder() ? key + fileName : key);
  }

  ObjectView object() {
    return new ObjectView(store, bucket, key);
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
