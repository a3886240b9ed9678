package dev.millrace.orch.plan;

import dev.millrace.orch.plan.Capacity.Lot;
import dev.millrace.schema.fleet.Enforcement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says to people why nothing known will ever do: the first thing that rules all devices out. */
final class Misfit {
  private static final Comparator<Lot> BY_ID =
      Comparator.comparing(lot -> lot.example().id().value());
  private static final Comparator<Lot> BY_MEMORY =
      Comparator.comparingLong((Lot lot) -> lot.example().memory().value())
          .thenComparing(BY_ID.reversed());
  private static final Comparator<Lot> BY_CORES =
      Comparator.comparingInt((Lot lot) -> lot.shape().cores()).thenComparing(BY_ID.reversed());

  private final Demand demand;
  private final String noun;

  private Misfit(Demand demand) {
    this.demand = demand;
    this.noun = Words.noun(demand.kind());
  }

  /**
   * The reason.
   *
   * @param fitting devices that would do alone, counted for each host; too few everywhere
   */
  static String of(Demand demand, List<Lot> lots, Map<Host, Integer> fitting) {
    return new Misfit(demand).reason(lots, fitting);
  }

  private String reason(List<Lot> lots, Map<Host, Integer> fitting) {
    List<Lot> ofKind = lots.stream().filter(l -> l.shape().kind() == demand.kind()).toList();
    if (ofKind.isEmpty()) {
      return "needs a " + noun + "; no pool has one";
    }
    List<Lot> ofModel =
        ofKind.stream().filter(l -> l.shape().model().contains(demand.model())).toList();
    if (ofModel.isEmpty()) {
      return "needs a "
          + noun
          + " with '"
          + demand.model()
          + "' in its model; there are only "
          + models(ofKind);
    }
    List<Lot> accepted = ofModel.stream().filter(l -> demand.accepts(l.shape())).toList();
    if (accepted.isEmpty()) {
      return "needs limits enforced by at least "
          + demand.enforcement()
          + "; the best that a "
          + noun
          + " of this kind has is "
          + strongest(ofModel);
    }
    return sizeReason(accepted, fitting);
  }

  private String sizeReason(List<Lot> accepted, Map<Host, Integer> fitting) {
    List<Lot> ofMemory =
        accepted.stream().filter(l -> l.example().memory().value() >= demand.memoryMib()).toList();
    if (ofMemory.isEmpty()) {
      Lot largest = accepted.stream().max(BY_MEMORY).orElseThrow();
      return Words.need(demand)
          + "; the largest has "
          + Words.mib(largest.example().memory().value())
          + " ("
          + largest.example().id()
          + ")";
    }
    if (ofMemory.stream().noneMatch(l -> demand.percentOf(l.shape()) <= 100)) {
      Lot largest = ofMemory.stream().max(BY_CORES).orElseThrow();
      return "needs "
          + Words.compute(demand)
          + " beside "
          + Words.mib(demand.memoryMib())
          + " on one host; the largest has "
          + largest.shape().cores()
          + " ("
          + largest.example().id()
          + ")";
    }
    Map.Entry<Host, Integer> most =
        fitting.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
    return Words.need(demand)
        + "; the most that one provider has is "
        + most.getValue()
        + " ("
        + most.getKey().provider()
        + ")";
  }

  private static String models(List<Lot> lots) {
    List<String> models =
        lots.stream().map(l -> "'" + l.example().model() + "'").distinct().sorted().toList();
    String named = models.stream().limit(3).collect(Collectors.joining(", "));
    return models.size() <= 3 ? named : named + " and " + (models.size() - 3) + " more";
  }

  private static Enforcement strongest(List<Lot> lots) {
    return lots.stream()
        .map(l -> l.shape().enforcement())
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }
}
