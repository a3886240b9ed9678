package dev.millrace.fdl;

import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.object.StoreId;
import java.util.List;

/**
 * The keys that an input covers or an output writes.
 *
 * @param function whose it is, by number
 * @param rule which of its inputs or outputs, by number
 */
record Filter(int function, int rule, Keys keys) {

  static Filter of(int function, int rule, InputRule in) {
    return new Filter(
        function,
        rule,
        Keys.of(new Bucket(in.store(), in.bucket()), in.keyPrefix(), in.prefixes(), in.suffixes()));
  }

  static Filter of(int function, int rule, OutputRule out) {
    String folder = out.folder().isEmpty() ? "" : out.folder() + "/";
    return new Filter(
        function,
        rule,
        Keys.of(new Bucket(out.store(), out.bucket()), folder, out.prefixes(), out.suffixes()));
  }

  record Bucket(StoreId store, String name) {}

  /**
   * Keys of a bucket that begin with one text and end with one.
   *
   * @param beginnings never none: the empty text lets all pass
   * @param ends the same, each written backwards, so that it is what the backward key begins with
   */
  record Keys(Bucket bucket, List<String> beginnings, List<String> ends) {
    private static Keys of(
        Bucket bucket, String folder, List<String> prefixes, List<String> suffixes) {
      return new Keys(
          bucket,
          prefixes.isEmpty() ? List.of(folder) : prefixes.stream().map(p -> folder + p).toList(),
          suffixes.isEmpty() ? List.of("") : suffixes.stream().map(Keys::backwards).toList());
    }

    /** By halves of characters: it is only compared with others of its kind. */
    private static String backwards(String text) {
      char[] letters = new char[text.length()];
      for (int i = 0; i < letters.length; i++) {
        letters[i] = text.charAt(letters.length - 1 - i);
      }
      return new String(letters);
    }

    /** Whether any end will do. */
    boolean endsAnyhow() {
      return ends.contains("");
    }

    /** Whether any beginning will do. */
    boolean beginsAnyhow() {
      return beginnings.contains("");
    }
  }
}
