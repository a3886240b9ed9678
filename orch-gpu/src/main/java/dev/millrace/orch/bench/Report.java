package dev.millrace.orch.bench;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a run measured.
 *
 * @param version of the program
 * @param quick whether rounds were few and short
 * @param notes what a reader must know of the figures
 */
public record Report(
    Instant at,
    String version,
    boolean quick,
    Circumstances circumstances,
    List<Figure> figures,
    List<String> notes) {
  public Report {
    figures = List.copyOf(figures);
    notes = List.copyOf(notes);
  }

  /** The figure of that id. */
  public Optional<Figure> figure(String id) {
    return figures.stream().filter(figure -> figure.id().equals(id)).findFirst();
  }

  /** Whether no budget is missed. */
  public boolean met() {
    return figures.stream().noneMatch(figure -> figure.verdict() == Figure.Verdict.MISSED);
  }
}
