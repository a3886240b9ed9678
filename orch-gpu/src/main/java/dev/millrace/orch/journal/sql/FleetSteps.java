package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.ProviderRecord;
import dev.millrace.orch.journal.Transition.RegisterProvider;
import dev.millrace.orch.journal.Transition.WithdrawKey;
import dev.millrace.schema.fleet.Accelerator;
import java.sql.SQLException;
import java.util.Optional;

/** Providers come, change and leave. */
final class FleetSteps {
  private FleetSteps() {}

  static Commit register(Change change, RegisterProvider t) throws SQLException {
    ProviderRecord provider = t.provider();
    Session session = change.session();
    for (Accelerator device : provider.accelerators()) {
      Optional<String> other = otherOwner(session, provider, device);
      if (other.isPresent()) {
        return Steps.conflict("device " + device.id() + " belongs to provider " + other.get());
      }
    }
    session.update(
        "INSERT INTO providers (id, pool, public_key, seen_at, ledger) VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT (id) DO UPDATE SET pool = excluded.pool,"
            + " public_key = excluded.public_key, seen_at = excluded.seen_at,"
            + " ledger = excluded.ledger",
        provider.id(),
        provider.pool(),
        provider.publicKey(),
        provider.seenAt(),
        t.ledger());
    session.update(
        "INSERT INTO provider_keys (provider, public_key, enrolled_at) VALUES (?, ?, ?)"
            + " ON CONFLICT (provider, public_key) DO NOTHING",
        provider.id(),
        provider.publicKey(),
        provider.seenAt());
    session.update(
        "UPDATE accelerators SET present = 0 WHERE provider = ? AND present = 1", provider.id());
    int place = 0;
    for (Accelerator device : provider.accelerators()) {
      keep(session, provider, device, place++);
    }
    return change.committed();
  }

  static Commit withdraw(Change change, WithdrawKey t) throws SQLException {
    Session session = change.session();
    String withdrawn = "UPDATE providers SET public_key = '' WHERE id = ?";
    if (session.dialect().shared()) {
      session.update(withdrawn + " AND ledger IN ('', ?)", t.provider(), t.ledger());
    } else {
      session.update(withdrawn, t.provider());
    }
    return change.committed();
  }

  /** A device is taken over only when its owner has let it go and nothing is reserved on it. */
  private static Optional<String> otherOwner(
      Session session, ProviderRecord provider, Accelerator device) throws SQLException {
    if (!device.provider().equals(provider.id())) {
      return Optional.of(device.provider().value());
    }
    return session.first(
        "SELECT provider FROM accelerators a WHERE id = ? AND provider <> ? AND (present = 1"
            + " OR EXISTS (SELECT 1 FROM lease_slices s"
            + " WHERE s.accelerator = a.id AND s.live = 1))",
        Row::text,
        device.id(),
        provider.id());
  }

  private static void keep(Session session, ProviderRecord provider, Accelerator device, int place)
      throws SQLException {
    session.update(
        "INSERT INTO accelerators (id, provider, pool, kind, model, address, memory, cores,"
            + " enforcement, simulated, present, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)"
            + " ON CONFLICT (id) DO UPDATE SET provider = excluded.provider, pool = excluded.pool,"
            + " kind = excluded.kind, model = excluded.model, address = excluded.address,"
            + " memory = excluded.memory, cores = excluded.cores,"
            + " enforcement = excluded.enforcement, simulated = excluded.simulated, present = 1,"
            + " place = excluded.place",
        device.id(),
        provider.id(),
        device.pool(),
        device.kind(),
        device.model(),
        device.address(),
        device.memory(),
        device.cores(),
        device.enforcement(),
        device.simulated(),
        place);
  }
}
