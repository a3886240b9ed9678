package dev.millrace.orch.api;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What kept answers take, owner by owner, and which have to go. An owner's new answer pushes out
 * its own oldest; where all is full, it is the owner with the most who gives. For one thread at a
 * time.
 */
final class AnswerShares {
  /** A file takes a block at least. */
  static final long BLOCK = 4096;

  private final Bounds bounds;
  private final Map<String, Share> shares = new HashMap<>();
  private long all;

  /**
   * How many bytes are kept.
   *
   * @param owner of one owner
   * @param all of all owners together
   */
  record Bounds(long owner, long all) {}

  /** An answer in its file. */
  record Kept(Path file, Instant at, long bytes) {
    long weight() {
      return Math.max(BLOCK, bytes);
    }
  }

  private static final class Share {
    final TreeSet<Kept> byAge =
        new TreeSet<>(Comparator.comparing(Kept::at).thenComparing(kept -> kept.file().toString()));
    long weight;
  }

  AnswerShares(Bounds bounds) {
    this.bounds = bounds;
  }

  /** Counts an answer in, in place of what the same file held; answers what has to go for it. */
  List<Path> add(String owner, Kept fresh) {
    Share share = shares.computeIfAbsent(owner, any -> new Share());
    Optional<Kept> before =
        share.byAge.stream().filter(kept -> kept.file().equals(fresh.file())).findFirst();
    before.ifPresent(kept -> take(share, kept));
    share.byAge.add(fresh);
    share.weight += fresh.weight();
    all += fresh.weight();
    List<Path> out = new ArrayList<>();
    while (share.weight > bounds.owner() && share.byAge.size() > 1) {
      out.add(oldest(share));
    }
    while (all > bounds.all()) {
      Share largest =
          shares.values().stream().max(Comparator.comparingLong(s -> s.weight)).orElseThrow();
      if (largest.byAge.size() < 2) {
        break;
      }
      out.add(oldest(largest));
    }
    return out;
  }

  /** Counts out what is older. */
  List<Path> expire(Instant since) {
    List<Path> out = new ArrayList<>();
    for (Share share : shares.values()) {
      while (!share.byAge.isEmpty() && share.byAge.first().at().isBefore(since)) {
        out.add(oldest(share));
      }
    }
    shares.values().removeIf(share -> share.byAge.isEmpty());
    return out;
  }

  private Path oldest(Share share) {
    Kept first = share.byAge.first();
    take(share, first);
    return first.file();
  }

  private void take(Share share, Kept kept) {
    share.byAge.remove(kept);
    share.weight -= kept.weight();
    all -= kept.weight();
  }
}
