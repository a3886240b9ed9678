package dev.millrace.fdl;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * Numbers by texts, found by what the texts have in common: all numbers whose text begins with a
 * given one, or that the given one begins with. Sorted, the former stand in a row, and the latter
 * on a chain of ever shorter texts. Numbers that are gone are cast out when they are met, and rows
 * and chains become shorter by the texts that have none left. Not for several threads.
 */
final class Ladder {
  private final String[] texts;
  private final int[] numbers;
  private final int[] from;
  private final int[] to;

  /** The next shorter text that begins this one and still has numbers, or -1. */
  private final int[] above;

  /** The same text, or one behind it before which no text has numbers left. */
  private final int[] next;

  private final int[] owners;
  private final boolean[] gone;

  /**
   * Numbers, counted from 0, with the texts of each.
   *
   * @param owners whose each number is
   * @param gone whose numbers are not to be found any more; none comes back
   */
  Ladder(List<List<String>> textsOf, int[] owners, boolean[] gone) {
    this.owners = owners;
    this.gone = gone;
    TreeMap<String, Integer> counts = new TreeMap<>();
    textsOf.forEach(all -> all.forEach(text -> counts.merge(text, 1, Integer::sum)));
    int size = counts.size();
    this.texts = counts.keySet().toArray(String[]::new);
    this.from = new int[size];
    this.to = new int[size];
    this.above = new int[size];
    this.next = new int[size + 1];
    int filled = 0;
    int at = 0;
    for (int count : counts.values()) {
      from[at] = filled;
      to[at] = filled;
      filled += count;
      at++;
    }
    this.numbers = new int[filled];
    for (int number = 0; number < textsOf.size(); number++) {
      for (String text : textsOf.get(number)) {
        numbers[to[lowest(text)]++] = number;
      }
    }
    for (int i = 0; i < size; i++) {
      above[i] = i - 1;
      while (above[i] >= 0 && !texts[i].startsWith(texts[above[i]])) {
        above[i] = above[above[i]];
      }
    }
    Arrays.setAll(next, i -> i);
  }

  /**
   * The first number found that passes, or -1; each one that is found is tried. A number with
   * several texts may be tried several times.
   */
  int find(List<String> wanted, IntPredicate passes) {
    for (String text : wanted) {
      int found = find(text, passes);
      if (found >= 0) {
        return found;
      }
    }
    return -1;
  }

  private int find(String text, IntPredicate passes) {
    int lowest = lowest(text);
    int begins = lowest - 1;
    while (begins >= 0 && !text.startsWith(texts[begins])) {
      begins = up(begins);
    }
    for (; begins >= 0; begins = up(begins)) {
      int found = among(begins, passes);
      if (found >= 0) {
        return found;
      }
    }
    int end = end(lowest, text);
    for (int i = settled(lowest); i < end; i = settled(i + 1)) {
      int found = among(i, passes);
      if (found >= 0) {
        return found;
      }
    }
    return -1;
  }

  private int among(int text, IntPredicate passes) {
    int i = from[text];
    while (i < to[text]) {
      int number = numbers[i];
      if (gone[owners[number]]) {
        numbers[i] = numbers[--to[text]];
      } else if (passes.test(number)) {
        return number;
      } else {
        i++;
      }
    }
    if (isEmpty(text)) {
      next[text] = text + 1;
    }
    return -1;
  }

  private boolean isEmpty(int text) {
    return from[text] == to[text];
  }

  private int up(int text) {
    int shorter = above[text];
    while (shorter >= 0 && isEmpty(shorter)) {
      shorter = above[shorter];
    }
    above[text] = shorter;
    return shorter;
  }

  private int settled(int text) {
    int end = text;
    while (next[end] != end) {
      end = next[end];
    }
    int at = text;
    while (next[at] != at) {
      int then = next[at];
      next[at] = end;
      at = then;
    }
    return end;
  }

  /** The first text from there on that does not begin with this one. */
  private int end(int lowest, String text) {
    int inside = lowest;
    int outside = texts.length;
    while (inside < outside) {
      int middle = (inside + outside) >>> 1;
      if (texts[middle].startsWith(text)) {
        inside = middle + 1;
      } else {
        outside = middle;
      }
    }
    return inside;
  }

  private int lowest(String text) {
    int found = Arrays.binarySearch(texts, text);
    return found >= 0 ? found : -found - 1;
  }
}
