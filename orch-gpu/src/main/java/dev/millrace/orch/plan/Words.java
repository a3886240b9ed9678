package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.AcceleratorKind;
import java.math.BigDecimal;
import java.util.Locale;

/** How reasons name things to people. */
final class Words {
  private Words() {}

  static String noun(AcceleratorKind kind) {
    return switch (kind) {
      case CPU -> "CPU";
      case GPU -> "GPU";
      case TPU -> "TPU";
      case OTHER -> "device";
    };
  }

  static String mib(long value) {
    return String.format(Locale.ROOT, "%,d MiB", value);
  }

  /** For instance {@code needs 20,000 MiB on one GPU}. */
  static String need(Demand demand) {
    String devices =
        demand.count() == 1
            ? "one " + noun(demand.kind())
            : "each of " + demand.count() + " " + noun(demand.kind()) + "s of one provider";
    String charge =
        demand.charge() == 0
            ? ""
            : " (" + mib(demand.charge()) + " of them for the driver's context)";
    return "needs " + mib(demand.memoryMib()) + " on " + devices + charge;
  }

  /** For instance {@code 1.5 processors}, {@code 50 % of its compute}. */
  static String compute(Demand demand) {
    if (demand.kind() == AcceleratorKind.CPU) {
      String processors =
          BigDecimal.valueOf(demand.cpuMillis(), 3).stripTrailingZeros().toPlainString();
      return processors.equals("1") ? "1 processor" : processors + " processors";
    }
    return demand.percent() + " % of its compute";
  }
}
