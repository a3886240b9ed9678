package dev.millrace.fdl;

import dev.millrace.fdl.yaml.Spot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;

/** Gathers the problems of one file; keeps the first thousand and counts all. */
final class Problems {
  static final int KEPT = 1_000;
  static final int PATH_SHOWN = 200;

  private final String file;
  private final BiConsumer<String, String> asked;
  private final List<Problem> kept = new ArrayList<>();
  private int errors;
  private int left;

  Problems(String file) {
    this(file, (section, key) -> {});
  }

  /** Also tells of each key that the reader asks a section for: the section's path, the key. */
  Problems(String file, BiConsumer<String, String> asked) {
    this.file = file;
    this.asked = asked;
  }

  /** A key of the language, at this place. */
  void asked(String section, String key) {
    asked.accept(section, key);
  }

  void error(Spot spot, String path, Finding finding) {
    errors++;
    keep(
        new Problem(
            Severity.ERROR, Place.of(file, spot), Finding.printable(path, PATH_SHOWN), finding));
  }

  void warn(Spot spot, String path, Finding finding) {
    keep(
        new Problem(
            Severity.WARNING, Place.of(file, spot), Finding.printable(path, PATH_SHOWN), finding));
  }

  /** How many errors there were so far: an entry is faulty when this grew while it was read. */
  int errors() {
    return errors;
  }

  /** Whether no more are kept: then no work is worth a better message. */
  boolean full() {
    return kept.size() >= KEPT;
  }

  /** All that were kept, in the order of the file. */
  List<Problem> inOrder() {
    List<Problem> all = new ArrayList<>(kept);
    all.sort(
        Comparator.comparingInt((Problem p) -> p.place().line())
            .thenComparingInt(p -> p.place().column()));
    if (left > 0) {
      all.add(
          new Problem(
              errors > 0 ? Severity.ERROR : Severity.WARNING,
              Place.of(file, Spot.START),
              "",
              Finding.of(left + " more problems are not listed")));
    }
    return all;
  }

  private void keep(Problem problem) {
    if (full()) {
      left++;
    } else {
      kept.add(problem);
    }
  }
}
