package dev.millrace.orch.api;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What media types a request's {@code Accept} takes (RFC 9110, 12.5.1). */
final class Accept {
  private Accept() {}

  /**
   * Whether an answer of this type may be sent. Of the ranges that fit, the most specific decides.
   *
   * @param header null or empty takes everything
   * @param type without parameters, in lower case
   */
  static boolean takes(@Nullable String header, String type) {
    if (header == null || header.isBlank()) {
      return true;
    }
    int best = 0;
    boolean taken = false;
    for (String range : header.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = range.split(";", -1);
      int fit = fit(parts[0].strip(), type);
      if (fit > best) {
        best = fit;
        taken = !isZero(parts);
      }
    }
    return taken;
  }

  /** 3 for the type itself, 2 for its family, 1 for everything, 0 for something else. */
  private static int fit(String range, String type) {
    if (range.equals(type)) {
      return 3;
    }
    if (range.equals(type.substring(0, type.indexOf('/') + 1) + "*")) {
      return 2;
    }
    return range.equals("*/*") ? 1 : 0;
  }

  private static boolean isZero(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].strip().matches("q=0(\\.0{0,3})?")) {
        return true;
      }
    }
    return false;
  }
}
