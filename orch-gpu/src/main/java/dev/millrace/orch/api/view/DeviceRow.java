package dev.millrace.orch.api.view;

import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.schema.fleet.Accelerator;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A device with what is reserved on it.
 *
 * @param present whether its provider has shown it lately, and it is not held
 * @param heldUntil it is offered to nobody before, since what ran before a restore may still use it
 */
public record DeviceRow(
    String id,
    String provider,
    String pool,
    String kind,
    String model,
    String address,
    long memoryMib,
    long reservedMib,
    int reservedPercent,
    int cores,
    String enforcement,
    boolean simulated,
    boolean present,
    @Nullable Instant heldUntil,
    List<Holder> holders) {
  public DeviceRow {
    holders = List.copyOf(holders);
  }

  /** As the API writes it. */
  public static DeviceRow of(FrontDesk.DeviceReport report) {
    Accelerator device = report.accelerator();
    return new DeviceRow(
        device.id().value(),
        device.provider().value(),
        device.pool().value(),
        device.kind().name().toLowerCase(Locale.ROOT),
        device.model(),
        device.address(),
        device.memory().value(),
        report.reserved().value(),
        report.reservedPercent(),
        device.cores(),
        device.enforcement().name().toLowerCase(Locale.ROOT),
        device.simulated(),
        report.present(),
        report.heldUntil(),
        report.holders().stream().map(Holder::of).toList());
  }

  /**
   * Who holds a slice.
   *
   * @param quarantined the job has moved on, but its run may still use the device
   */
  public record Holder(
      String job, int attempt, long memoryMib, int computePercent, boolean quarantined) {
    static Holder of(FrontDesk.Holder holder) {
      return new Holder(
          holder.attempt().job().value(),
          holder.attempt().number(),
          holder.memory().value(),
          holder.computePercent(),
          holder.quarantined());
    }
  }
}
