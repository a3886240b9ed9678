package dev.millrace.orch.command;

import dev.millrace.orch.doctor.Finding;
import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks at this machine. */
@Command(
    name = "doctor",
    description = {
      "Look at this machine: JDK, memory, limits, clock, data folder and its disk, Docker Engine,"
          + " GPUs, ports, configuration, and the coordinator where one runs.",
      "Ends with 1 when something is bad."
    },
    footer = {"", "Example:", "  millrace doctor --data ~/millrace"})
final class DoctorCommand implements Callable<Integer> {
  private static final int SUBJECT = 8;
  private static final int INDENT = 4 + 2 + SUBJECT + 2;

  private final Setting setting;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = Hints.DATA,
      description = "The data folder (default: ${DEFAULT-VALUE}).")
  Path data = Path.of(".millrace");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration (default: millrace.yaml in the data folder).")
  @Nullable Path config;

  @Option(names = "--json", description = "Print JSON, for programs.")
  boolean json;

  @Mixin Looks looks = new Looks();

  DoctorCommand(Setting setting) {
    this.setting = setting;
  }

  /** A finding for programs. */
  record Sheet(String subject, String level, String said, String remedy) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Terminal terminal = looks.terminal(setting);
    List<Finding> findings =
        setting
            .lifecycle()
            .upkeep()
            .examine(
                setting.folder().resolve(data),
                Optional.ofNullable(config).map(setting.folder()::resolve));
    if (json) {
      terminal.line(
          Json.pretty(
              findings.stream()
                  .map(f -> new Sheet(f.subject(), word(f.level()), f.said(), f.remedy()))
                  .toList()));
    } else {
      findings.forEach(finding -> show(terminal, finding));
      terminal.line(
          count(findings, Finding.Level.OK)
              + " ok, "
              + count(findings, Finding.Level.WARN)
              + " to look at, "
              + count(findings, Finding.Level.BAD)
              + " bad");
    }
    return count(findings, Finding.Level.BAD) == 0 ? Exit.OK : Exit.FAILED;
  }

  private static long count(List<Finding> findings, Finding.Level level) {
    return findings.stream().filter(finding -> finding.level() == level).count();
  }

  private static String word(Finding.Level level) {
    return level.name().toLowerCase(Locale.ROOT);
  }

  private static String mark(Finding.Level level) {
    return level == Finding.Level.UNKNOWN ? "-" : word(level);
  }

  private static void show(Terminal terminal, Finding finding) {
    int width = Math.max(20, terminal.columns() - INDENT);
    String head =
        terminal.paint(
                paint(finding.level()), String.format(Locale.ROOT, "%-4s", mark(finding.level())))
            + String.format(Locale.ROOT, "  %-" + SUBJECT + "s  ", finding.subject());
    for (String line : Words.wrap(finding.said(), width)) {
      terminal.line(head + line);
      head = " ".repeat(INDENT);
    }
    if (!finding.remedy().isEmpty()) {
      String mark = "-> ";
      for (String line : Words.wrap(finding.remedy(), width - mark.length())) {
        terminal.line(" ".repeat(INDENT) + mark + line);
        mark = "   ";
      }
    }
  }

  private static Paint paint(Finding.Level level) {
    return switch (level) {
      case OK -> Paint.GOOD;
      case UNKNOWN -> Paint.NONE;
      case WARN -> Paint.STRONG;
      case BAD -> Paint.BAD;
    };
  }
}
