package dev.millrace.orch.command;

import java.util.Collection;
import java.util.List;

/** Beginnings of job ids that tell those shown apart. */
final class ShortIds {
  // Ten characters are the time in milliseconds; two more tell apart what came in one of them.
  private static final int SHORTEST = 12;

  private final int length;

  private ShortIds(int length) {
    this.length = length;
  }

  static ShortIds of(Collection<String> ids) {
    List<String> sorted = ids.stream().distinct().sorted().toList();
    int length = SHORTEST;
    for (int i = 1; i < sorted.size(); i++) {
      length = Math.max(length, common(sorted.get(i - 1), sorted.get(i)) + 1);
    }
    return new ShortIds(length);
  }

  private static int common(String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    return i;
  }

  String of(String id) {
    return id.length() <= length ? id : id.substring(0, length);
  }
}
