package dev.millrace.orch.crash;

import dev.millrace.orch.journal.JobState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** In which states jobs were at the kills: read from a copy of what the dead process left. */
final class Histogram {
  private final List<Map<JobState, Long>> kills = new ArrayList<>();

  /**
   * Looks at a journal that nobody has open.
   *
   * @return jobs in flight
   */
  long look(Path journal, Path scratch) throws IOException, SQLException {
    Files.createDirectories(scratch);
    for (String suffix : List.of("", "-wal")) {
      Path part = journal.resolveSibling(journal.getFileName() + suffix);
      if (Files.exists(part)) {
        Files.copy(
            part,
            scratch.resolve(part.getFileName().toString()),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return count("jdbc:sqlite:" + scratch.resolve(journal.getFileName().toString()));
  }

  /**
   * Looks at a journal that a coordinator goes on with.
   *
   * @return jobs in flight
   */
  long lookAlive(Path journal) throws SQLException {
    return count("jdbc:sqlite:file:" + journal + "?mode=ro");
  }

  private long count(String url) throws SQLException {
    Map<JobState, Long> found = new EnumMap<>(JobState.class);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT state, count(*) FROM jobs GROUP BY state")) {
      while (rows.next()) {
        found.put(JobState.valueOf(rows.getString(1)), rows.getLong(2));
      }
    }
    kills.add(found);
    return found.entrySet().stream()
        .filter(e -> e.getKey().kind() == JobState.Kind.LIVE)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** States on a job's way in which no kill has found a job. */
  Set<JobState> missed() {
    Set<JobState> missed = EnumSet.noneOf(JobState.class);
    for (JobState state : JobState.values()) {
      if (state.kind() == JobState.Kind.LIVE
          && kills.stream().noneMatch(kill -> kill.getOrDefault(state, 0L) > 0)) {
        missed.add(state);
      }
    }
    return missed;
  }

  /** As a table, one row a kill. */
  String text() {
    StringBuilder text = new StringBuilder("kill");
    List<JobState> shown = List.of(JobState.values());
    shown.forEach(state -> text.append(String.format(Locale.ROOT, " %10s", state.label())));
    for (int i = 0; i < kills.size(); i++) {
      Map<JobState, Long> kill = kills.get(i);
      text.append(String.format(Locale.ROOT, "%n%4d", i + 1));
      shown.forEach(
          state -> text.append(String.format(Locale.ROOT, " %10d", kill.getOrDefault(state, 0L))));
    }
    return text.toString();
  }
}
