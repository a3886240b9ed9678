package dev.millrace.runtime.container;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** A version of the engine's API. */
record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {
  private static final Comparator<ApiVersion> ORDER =
      Comparator.comparingInt(ApiVersion::major).thenComparingInt(ApiVersion::minor);

  /** Reads {@code 1.41}; what is nothing of the kind is version 0. */
  static ApiVersion parse(@Nullable String text) {
    if (text == null || !text.matches("[0-9]{1,4}\\.[0-9]{1,4}")) {
      return new ApiVersion(0, 0);
    }
    String[] parts = text.split("\\.");
    return new ApiVersion(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  static ApiVersion least(ApiVersion one, ApiVersion other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  @Override
  public int compareTo(ApiVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
