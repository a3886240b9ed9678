package dev.millrace.fdl;

import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How much a function, and a file of them, may hold: each deployed function is a row of the
 * journal, is in memory, is compared with every notice and sent with every order.
 */
final class Bounds {
  static final int FUNCTIONS = 1_000;

  /** Elements of {@code input}, and of {@code output}. */
  static final int RULES = 100;

  /** Elements of a {@code prefix}, and of a {@code suffix}. */
  static final int FILTERS = 100;

  /** The longest key that S3 has, in bytes: what is longer covers none. */
  static final int FILTER_BYTES = 1_024;

  static final int VARIABLES = 1_000;

  /** What Linux takes as one variable: name, '=', value, and the NUL behind (MAX_ARG_STRLEN). */
  static final int VARIABLE_BYTES = 128 << 10;

  /**
   * A quarter of what Linux takes in all with its usual stack (execve(2)): secrets may have half,
   * and the rest is for what a run, an image and the host add.
   */
  static final int VARIABLES_BYTES = 512 << 10;

  /** A function's texts together, in bytes. */
  static final int FUNCTION_BYTES = 2 << 20;

  /** The texts of all functions of a file, scripts that it names among them. */
  static final int FILE_BYTES = 16 << 20;

  private Bounds() {}

  /** Bytes of a text in UTF-8. */
  static long utf8(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Half of a pair is two of its four bytes.
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }

  /** Bytes of all texts that are kept of a function. */
  static long bytes(FunctionSpec f) {
    long code = optional(f.code().image()) + optional(f.code().script()) + all(f.code().files());
    long inputs = f.inputs().stream().mapToLong(Bounds::bytes).sum();
    long outputs = f.outputs().stream().mapToLong(Bounds::bytes).sum();
    return code
        + maps(f.variables())
        + maps(f.secrets())
        + maps(f.labels())
        + all(f.trust())
        + inputs
        + outputs;
  }

  private static long bytes(InputRule in) {
    return utf8(in.bucket()) + utf8(in.folder()) + all(in.prefixes()) + all(in.suffixes());
  }

  private static long bytes(OutputRule out) {
    return utf8(out.bucket()) + utf8(out.folder()) + all(out.prefixes()) + all(out.suffixes());
  }

  private static long optional(@Nullable String text) {
    return Optional.ofNullable(text).map(Bounds::utf8).orElse(0L);
  }

  private static long all(List<String> texts) {
    return texts.stream().mapToLong(Bounds::utf8).sum();
  }

  private static long maps(Map<String, String> map) {
    return map.entrySet().stream()
        .flatMap(e -> Stream.of(e.getKey(), e.getValue()))
        .mapToLong(Bounds::utf8)
        .sum();
  }
}
