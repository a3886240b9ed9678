package dev.millrace.orch.plan;

import dev.millrace.schema.id.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.TreeMap;

/**
 * Whose turn it is: starved jobs before others, then higher priority, then the tenant with the
 * least weighted share (which grows as its jobs start), then of one tenant the sooner deadline
 * (starved jobs: none), then the earlier admission.
 */
final class FairOrder {
  private record Level(boolean starved, int priority) implements Comparable<Level> {
    @Override
    public int compareTo(Level other) {
      int byStarved = Boolean.compare(other.starved, starved);
      return byStarved != 0 ? byStarved : Integer.compare(other.priority, priority);
    }
  }

  /** A tenant's jobs of the current level. */
  private record Line(TenantId tenant, Queue<WaitingJob> jobs) {}

  private static final Comparator<WaitingJob> BY_ADMISSION =
      Comparator.comparingLong(WaitingJob::admission).thenComparing(job -> job.id().value());
  private static final Comparator<WaitingJob> BY_DEADLINE =
      Comparator.comparing(FairOrder::due).thenComparing(BY_ADMISSION);

  private final Map<TenantId, TenantUsage> usage;
  private final Map<TenantId, Double> shares = new HashMap<>();
  private final Duration threshold;
  private final Instant now;
  private final Iterator<Map.Entry<Level, List<WaitingJob>>> levels;
  private final PriorityQueue<Line> lines;
  private int remaining;

  FairOrder(PlanInput input) {
    usage = input.usage();
    threshold = input.policy().starvationThreshold();
    now = input.now();
    remaining = input.queue().size();
    lines =
        new PriorityQueue<>(
            Comparator.comparingDouble((Line line) -> weightedShare(line.tenant()))
                .thenComparing(line -> line.jobs().element(), BY_ADMISSION));
    Map<Level, List<WaitingJob>> byLevel = new TreeMap<>();
    for (WaitingJob job : input.queue()) {
      Level level = new Level(isStarved(job), job.priority());
      byLevel.computeIfAbsent(level, l -> new ArrayList<>()).add(job);
    }
    levels = byLevel.entrySet().iterator();
  }

  boolean isStarved(WaitingJob job) {
    return Duration.between(job.waitingSince(), now).compareTo(threshold) > 0;
  }

  /** Jobs that had no turn yet. */
  int remaining() {
    return remaining;
  }

  /** The next job; {@link #started} or {@link #passed} ends its turn. */
  WaitingJob next() {
    if (remaining == 0) {
      throw new NoSuchElementException("every job had its turn");
    }
    while (lines.isEmpty()) {
      Map.Entry<Level, List<WaitingJob>> level = levels.next();
      open(level.getKey(), level.getValue());
    }
    remaining--;
    return lines.element().jobs().element();
  }

  /** The job that was next stays waiting or is refused. */
  void passed() {
    started(0);
  }

  /** The job that was next starts, and takes this share of the fleet. */
  void started(double share) {
    Line line = lines.remove();
    line.jobs().remove();
    shares.merge(line.tenant(), share, Double::sum);
    if (!line.jobs().isEmpty()) {
      lines.add(line);
    }
  }

  private void open(Level level, List<WaitingJob> jobs) {
    jobs.sort(level.starved() ? BY_ADMISSION : BY_DEADLINE);
    Map<TenantId, Queue<WaitingJob>> byTenant = new HashMap<>();
    for (WaitingJob job : jobs) {
      byTenant.computeIfAbsent(job.tenant(), t -> new ArrayDeque<>()).add(job);
    }
    byTenant.forEach((tenant, queue) -> lines.add(new Line(tenant, queue)));
  }

  private double weightedShare(TenantId tenant) {
    TenantUsage used = usage.getOrDefault(tenant, TenantUsage.NONE);
    return (used.share() + shares.getOrDefault(tenant, 0.0)) / used.weight();
  }

  private static Instant due(WaitingJob job) {
    Instant deadline = job.deadline();
    return deadline == null ? Instant.MAX : deadline;
  }
}
