package dev.millrace.orch.command;

import dev.millrace.orch.api.view.DeviceRow;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists devices. */
@Command(
    name = "gpus",
    description = "List GPUs and other devices with what is reserved on them.",
    footer = {"", "Example:", "  millrace gpus"})
final class GpusCommand implements Callable<Integer> {
  private static final long MIB = 1024L * 1024;

  private final Setting setting;

  @Mixin Common common = new Common();

  GpusCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    try (CoordinatorClient client = common.connect(setting)) {
      List<DeviceRow> devices = client.devices();
      if (common.json) {
        common.json(setting, devices);
      } else if (devices.isEmpty()) {
        common.terminal(setting).line("No provider has shown a device yet.");
      } else {
        table(devices).print(common.terminal(setting));
      }
      return Exit.OK;
    }
  }

  private static Table table(List<DeviceRow> devices) {
    Table table =
        new Table(
            Table.Column.flexible("DEVICE"),
            Table.Column.left("KIND"),
            Table.Column.flexible("MODEL").spare(1),
            Table.Column.right("MEMORY"),
            Table.Column.right("RESERVED"),
            Table.Column.right("JOBS").spare(2),
            Table.Column.left("NOTE"));
    for (DeviceRow device : devices) {
      table.row(
          device.id(),
          device.kind().toUpperCase(Locale.ROOT),
          device.model(),
          Words.size(device.memoryMib() * MIB),
          device.reservedPercent() == 0 && device.reservedMib() == 0
              ? "-"
              : Words.size(device.reservedMib() * MIB) + " " + device.reservedPercent() + "%",
          device.holders().size(),
          note(device));
    }
    return table;
  }

  private static Table.Cell note(DeviceRow device) {
    Instant held = device.heldUntil();
    if (held != null) {
      return new Table.Cell("held until " + held + ", after a restore", Paint.BAD);
    }
    if (!device.present()) {
      return new Table.Cell("absent", Paint.BAD);
    }
    if (device.simulated()) {
      return new Table.Cell("simulated", Paint.FAINT);
    }
    boolean quarantined = device.holders().stream().anyMatch(DeviceRow.Holder::quarantined);
    return Table.Cell.of(quarantined ? "quarantine" : "");
  }
}
