package dev.millrace.orch.bench;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Forced writes of a trace by {@code strace -f -ttt -T}, and how many of them came one after the
 * other. What overlaps in time cannot be in one sequence, so that the answer is never too small.
 */
final class SyncChain {
  private static final Pattern LINE =
      Pattern.compile(
          "(\\d+) +(\\d+\\.\\d+) (f(?:data)?sync\\(|<\\.\\.\\. f(?:data)?sync resumed>)(.*)");
  private static final Pattern TOOK = Pattern.compile("<(\\d+\\.\\d+)>$");

  private final List<Span> spans = new ArrayList<>();
  private final Map<String, Double> open = new HashMap<>();

  /** Seconds of the epoch. */
  private record Span(double began, double ended) {}

  /** Takes a line of the trace. */
  void take(String line) {
    Matcher sync = LINE.matcher(line);
    if (!sync.matches()) {
      return;
    }
    String thread = sync.group(1);
    double at = Double.parseDouble(sync.group(2));
    if (sync.group(3).startsWith("<")) {
      Double began = open.remove(thread);
      spans.add(new Span(began == null ? at : began, at));
    } else if (sync.group(4).endsWith("<unfinished ...>")) {
      open.put(thread, at);
    } else {
      Matcher took = TOOK.matcher(sync.group(4));
      spans.add(new Span(at, took.find() ? at + Double.parseDouble(took.group(1)) : at));
    }
  }

  /** The most that can have followed one another between these moments. */
  int longest(Instant from, Instant until) {
    double last = seconds(from);
    double end = seconds(until);
    int count = 0;
    for (Span span : spans.stream().sorted(Comparator.comparingDouble(Span::ended)).toList()) {
      if (span.began() >= last && span.ended() <= end) {
        last = span.ended();
        count++;
      }
    }
    return count;
  }

  private static double seconds(Instant moment) {
    return moment.getEpochSecond() + moment.getNano() / 1e9;
  }
}
