package dev.millrace.orch.api.view;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.order.Orders;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of a job, without the order's bytes.
 *
 * @param number 1 for the first
 * @param devices that it was given, by id
 * @param token fencing token, as text: it may not fit a script's number
 */
public record AttemptRow(
    int number,
    int revision,
    String state,
    ProviderId provider,
    PoolId pool,
    List<String> devices,
    String token,
    @Nullable RunId run,
    Instant placedAt,
    @Nullable Instant stagedAt,
    @Nullable Instant claimedAt,
    @Nullable Instant endedAt,
    @Nullable String outcome,
    @Nullable Integer exitCode,
    @Nullable String reason) {
  public AttemptRow {
    devices = List.copyOf(devices);
  }

  /** As the API writes it. */
  public static AttemptRow of(Attempt attempt) {
    return new AttemptRow(
        attempt.id().number(),
        attempt.revision(),
        attempt.state().name().toLowerCase(Locale.ROOT),
        attempt.provider(),
        attempt.pool(),
        Orders.devices(attempt),
        Long.toString(attempt.token()),
        attempt.run(),
        attempt.placedAt(),
        attempt.stagedAt(),
        attempt.claimedAt(),
        attempt.endedAt(),
        attempt.outcome(),
        attempt.exitCode(),
        attempt.reason());
  }
}
