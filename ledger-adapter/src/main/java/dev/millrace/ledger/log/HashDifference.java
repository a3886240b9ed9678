package dev.millrace.ledger.log;

import dev.millrace.schema.ledger.Ledger.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Says how the entries that are there differ from those that were recorded. */
final class HashDifference {
  private static final int MOST = 100;

  private final List<String> actual;
  private final List<String> recorded;
  private final Map<String, Integer> actualAt = new HashMap<>();
  private final Map<String, Integer> recordedAt = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  private HashDifference(List<String> actual, List<String> recorded) {
    this.actual = actual;
    this.recorded = recorded;
    for (int i = 0; i < actual.size(); i++) {
      actualAt.putIfAbsent(actual.get(i), i);
    }
    for (int i = 0; i < recorded.size(); i++) {
      recordedAt.putIfAbsent(recorded.get(i), i);
    }
  }

  /**
   * Compares two lists of hashes in hex; an empty one is unknown and equals all.
   *
   * @param actual may be longer: what follows was not recorded yet
   */
  static List<Problem> between(List<String> actual, List<String> recorded) {
    HashDifference difference = new HashDifference(actual, recorded);
    difference.walk();
    return difference.problems;
  }

  private void walk() {
    int a = 0;
    int r = 0;
    Set<Integer> explained = new HashSet<>();
    while (a < actual.size() && r < recorded.size() && problems.size() < MOST) {
      String is = actual.get(a);
      String was = recorded.get(r);
      if (is.equals(was) || is.isEmpty() || was.isEmpty() || explained.contains(a)) {
        a++;
        r++;
        continue;
      }
      int isRecordedAt = recordedAt.getOrDefault(is, -1);
      int wasFoundAt = actualAt.getOrDefault(was, -1);
      if (isRecordedAt > r && wasFoundAt > a && isRecordedAt - r == wasFoundAt - a) {
        problems.add(new Problem(r, "entries " + r + " and " + isRecordedAt + " are swapped"));
        explained.add(wasFoundAt);
      } else if (isRecordedAt > r && wasFoundAt < 0) {
        problems.add(new Problem(r, entries(r, isRecordedAt) + " taken out"));
        r = isRecordedAt;
        continue;
      } else if (wasFoundAt > a && isRecordedAt < 0) {
        problems.add(
            new Problem(r, (wasFoundAt - a) + " entries that were never recorded stand before it"));
        a = wasFoundAt;
        continue;
      } else {
        problems.add(
            new Problem(r, "entry " + r + " was changed: its hash is " + is + ", it was " + was));
      }
      a++;
      r++;
    }
    if (a >= actual.size() && r < recorded.size()) {
      problems.add(new Problem(r, entries(r, recorded.size()) + " cut off at the end"));
    }
  }

  private static String entries(int from, int to) {
    return to - from == 1
        ? "entry " + from + " was"
        : "entries " + from + " to " + (to - 1) + " were";
  }
}
