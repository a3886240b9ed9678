package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.ProviderRecord;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is asked of providers and their devices. */
final class FleetReads {
  private record Head(ProviderId id, PoolId pool, String publicKey, Instant seenAt) {}

  private record Line(Head head, @Nullable Accelerator device) {}

  private FleetReads() {}

  static List<ProviderRecord> providers(Session session) throws SQLException {
    Map<Head, List<Accelerator>> byProvider = new LinkedHashMap<>();
    for (Line line :
        session.all(
            "SELECT p.id, p.pool, p.public_key, p.seen_at, a.id, a.pool, a.kind, a.model,"
                + " a.address, a.memory, a.cores, a.enforcement, a.simulated"
                + " FROM providers p LEFT JOIN accelerators a"
                + " ON a.provider = p.id AND a.present = 1 ORDER BY p.id, a.place",
            FleetReads::line)) {
      List<Accelerator> devices =
          byProvider.computeIfAbsent(line.head(), head -> new ArrayList<>());
      if (line.device() != null) {
        devices.add(line.device());
      }
    }
    List<ProviderRecord> providers = new ArrayList<>();
    byProvider.forEach((head, devices) ->
        providers.add(
            new ProviderRecord(head.id(), head.pool(), head.publicKey(), devices, head.seenAt())));
    return providers;
  }

  static Optional<String> key(Session session, ProviderId provider) throws SQLException {
    return session.first(
        "SELECT public_key FROM providers WHERE id = ? AND public_key <> ''", Row::text, provider);
  }

  static List<String> keys(Session session, ProviderId provider) throws SQLException {
    return session.all(
        "SELECT public_key FROM provider_keys WHERE provider = ? ORDER BY enrolled_at, public_key",
        Row::text,
        provider);
  }

  private static Line line(Row row) throws SQLException {
    Head head =
        new Head(new ProviderId(row.text()), new PoolId(row.text()), row.text(), row.instant());
    String id = row.textOrNull();
    return new Line(head, id == null ? null : device(new AcceleratorId(id), head.id(), row));
  }

  private static Accelerator device(AcceleratorId id, ProviderId provider, Row row)
      throws SQLException {
    return new Accelerator(
        id,
        provider,
        new PoolId(row.text()),
        row.one(AcceleratorKind.class),
        row.text(),
        row.text(),
        new MemoryMib(row.number()),
        row.integer(),
        row.one(Enforcement.class),
        row.flag());
  }
}
