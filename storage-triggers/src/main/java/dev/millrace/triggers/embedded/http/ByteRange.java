package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Some bytes of an object. */
record ByteRange(long offset, long length) {
  private static final Pattern SHAPE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

  /**
   * Reads a Range header in its three forms: {@code a-b}, {@code a-} and {@code -last}.
   *
   * @return empty when the header is no such range, which HTTP ignores
   */
  static Optional<ByteRange> parse(String header, long size) {
    Matcher matcher = SHAPE.matcher(header.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String first = matcher.group(1);
    String last = matcher.group(2);
    if (first.isEmpty()) {
      return last.isEmpty() ? Optional.empty() : Optional.of(suffix(Long.parseLong(last), size));
    }
    long from = Long.parseLong(first);
    long to = last.isEmpty() ? size - 1 : Math.min(Long.parseLong(last), size - 1);
    if (!last.isEmpty() && Long.parseLong(last) < from) {
      return Optional.empty();
    }
    if (from >= size) {
      throw unsatisfiable();
    }
    return Optional.of(new ByteRange(from, to - from + 1));
  }

  String contentRange(long size) {
    return "bytes " + offset + "-" + (offset + length - 1) + "/" + size;
  }

  private static ByteRange suffix(long wanted, long size) {
    long length = Math.min(wanted, size);
    if (length == 0) {
      throw unsatisfiable();
    }
    return new ByteRange(size - length, length);
  }

  private static Refusal unsatisfiable() {
    return new Refusal(ErrorCode.INVALID_RANGE, "The requested range is not satisfiable");
  }
}
