package dev.millrace.orch.command;

import dev.millrace.orch.bench.Bench;
import dev.millrace.orch.bench.Comparison;
import dev.millrace.orch.bench.Report;
import dev.millrace.orch.bench.Suite;
import dev.millrace.orch.config.NamedFile;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures this program on this machine. */
@Command(
    name = "bench",
    description = "Measure this program here, each figure beside its budget and its floor.",
    footer = {
      "",
      "Suites: pipeline, intake, match, store, ledger, or all. A suite takes up to three",
      "minutes on a quiet machine, half a minute with --quick. It starts coordinators of its",
      "own in a temporary folder, and takes all of it away.",
      "",
      "Examples:",
      "  millrace bench match --quick",
      "  millrace bench all --json before.json",
      "  millrace bench all --compare before.json"
    })
final class BenchCommand implements Callable<Integer> {
  private static final String ALL = "all";
  private static final String PRINTED = "-";

  private final Setting setting;

  @Parameters(arity = "1..*", paramLabel = "SUITE", description = "What to measure.")
  List<String> suites = List.of();

  @Option(names = "--quick", description = "Fewer and shorter rounds.")
  boolean quick;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "On the disk that is meant (default: the temporary folder).")
  @Nullable Path folder;

  @Option(
      names = "--image",
      paramLabel = "IMAGE",
      defaultValue = "debian:12-slim",
      description = "Of containers, where an engine has it (default: ${DEFAULT-VALUE}).")
  String image = "debian:12-slim";

  @Option(
      names = "--compare",
      paramLabel = "FILE",
      description = "Say what is faster or slower than in a run that was kept.")
  @Nullable Path compare;

  @Option(names = "--markdown", description = "Print a table for a page.")
  boolean markdown;

  @Option(
      names = "--json",
      arity = "0..1",
      fallbackValue = PRINTED,
      paramLabel = "FILE",
      description = {
        "Keep the figures as JSON; without a file, print them",
        "instead, or after the table of --markdown."
      })
  @Nullable Path json;

  @Option(names = "--no-color", description = "No colours; NO_COLOR does the same.")
  boolean noColor;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  BenchCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Suite> chosen = chosen();
    Optional<Report> before = before();
    Terminal terminal = noColor ? setting.terminal().plain() : setting.terminal();
    BenchSheet sheet = new BenchSheet(terminal);
    Report report =
        Bench.run(
            new Bench.Means(
                setting.lifecycle().ground(), setting.clock(), sheet::doing, setting.version()),
            new Bench.Options(quick, image, where()),
            chosen);
    Path file = json;
    boolean printed = file != null && file.toString().equals(PRINTED);
    if (file != null && !printed) {
      Files.writeString(setting.folder().resolve(file), Json.pretty(report) + "\n");
    }
    List<Comparison> compared = before.map(b -> Comparison.of(b, report)).orElse(List.of());
    if (markdown) {
      sheet.markdown(report);
    } else if (!printed) {
      sheet.print(report);
    }
    if (printed) {
      setting.terminal().line(Json.pretty(report));
    }
    if (before.isPresent() && !printed) {
      sheet.print(before.get(), report, compared);
    }
    return report.met() ? Exit.OK : Exit.FAILED;
  }

  private Path where() {
    return folder == null
        ? Path.of(System.getProperty("java.io.tmpdir"))
        : setting.folder().resolve(folder).toAbsolutePath();
  }

  private List<Suite> chosen() {
    List<Suite> all = Suite.all();
    if (suites.contains(ALL)) {
      return all;
    }
    List<Suite> chosen = new ArrayList<>();
    for (String name : suites) {
      chosen.add(
          all.stream()
              .filter(suite -> suite.name().equals(name))
              .findFirst()
              .orElseThrow(() ->
                  Mistake.usage(
                      "there is no suite '"
                          + name
                          + "': say "
                          + all.stream().map(Suite::name).collect(Collectors.joining(", "))
                          + " or all")));
    }
    return chosen;
  }

  /** Read first, so that a wrong name costs no measurement. */
  private Optional<Report> before() throws IOException {
    Path file = compare;
    if (file == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          Json.read(
              NamedFile.bytes(setting.folder().resolve(file), 16 * NamedFile.PAGE), Report.class));
    } catch (NoSuchFileException e) {
      throw Mistake.failed("there is no file " + file + ": keep a run with --json FILE");
    } catch (MalformedJson e) {
      throw Mistake.failed(
          file
              + " is not what --json keeps: "
              + e.getMessage()
              + "; measure again with --json FILE");
    }
  }
}
