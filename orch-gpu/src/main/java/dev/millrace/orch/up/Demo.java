package dev.millrace.orch.up;

import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.view.DeployAnswer;
import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.api.view.EventView;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.JobRow;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.api.view.VerifyView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.EventStream;
import dev.millrace.orch.client.JobQuery;
import dev.millrace.orch.client.Transfer;
import dev.millrace.orch.command.DemoOptions;
import dev.millrace.orch.command.FdlFiles;
import dev.millrace.orch.command.LiveView;
import dev.millrace.orch.command.Paint;
import dev.millrace.orch.command.Terminal;
import dev.millrace.orch.command.Version;
import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.config.MillraceConfig;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The whole way once, on real data, through the same doors that everyone uses. */
final class Demo {
  private static final String FOLDER = ".millrace-demo";
  private static final String SAMPLE = "samples/sequence-alignment";
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Set<String> LIVE =
      Set.of("waiting", "placed", "staged", "running", "produced", "publishing");
  private final Terminal terminal;
  private final Path folder;
  private final boolean keep;
  private final int limit;
  private final long began = System.nanoTime();

  Demo(DemoOptions options) {
    this.terminal = options.terminal();
    this.folder = options.data().orElse(Path.of(FOLDER)).toAbsolutePath().normalize();
    this.keep = options.keep();
    this.limit = options.limit().orElse(Integer.MAX_VALUE);
  }

  int run() throws IOException, InterruptedException {
    Path sample = sample();
    List<Path> queries = queries(sample.resolve("input"));
    prepare(sample);
    say("Starting a store, a coordinator and a provider in " + shown(folder));
    MillraceConfig config =
        new ConfigReader(name -> null).read(folder.resolve(Wired.CONFIG)).withPorts(0, 0);
    boolean good;
    try (Machine machine = Machine.start(config, folder, Version.current());
        CoordinatorClient client =
            new CoordinatorClient(
                machine.apiEndpoint(), Files.readString(folder.resolve(TokenFile.NAME)).strip());
        Transfer transfer = new Transfer()) {
      deploy(client, sample.resolve("function.yaml"));
      List<JobRow> jobs = work(client, transfer, queries);
      good = report(client, transfer, jobs, queries.size());
    }
    if (!keep) {
      forget();
    }
    farewell(good);
    return good ? 0 : 1;
  }

  private Path sample() throws IOException {
    Path home = Path.of(System.getProperty("millrace.home", ""));
    Path sample = home.toAbsolutePath().resolve(SAMPLE);
    if (!Files.isDirectory(sample)) {
      throw new IOException("there is no sample in " + sample + "; run ./millrace of a checkout");
    }
    return sample;
  }

  private List<Path> queries(Path input) throws IOException {
    try (Stream<Path> files = Files.list(input)) {
      return files
          .filter(f -> f.toString().endsWith(".fasta") || f.toString().endsWith(".fa"))
          .sorted()
          .limit(limit)
          .toList();
    }
  }

  /** Clears what an earlier demo left, and nothing that is not a demo's. */
  private void prepare(Path sample) throws IOException {
    if (Files.exists(folder) && !Files.exists(folder.resolve(Wired.CONFIG))) {
      try (Stream<Path> files = Files.list(folder)) {
        if (files.anyMatch(f -> !f.endsWith("results"))) {
          throw new IOException(shown(folder) + " is no demo's folder; name another with --data");
        }
      }
    }
    if (Files.exists(folder)) {
      DataFolder.open(folder).close();
      forget();
      clear(folder.resolve("results"));
    }
    Files.createDirectories(folder);
    Files.copy(sample.resolve(Wired.CONFIG), folder.resolve(Wired.CONFIG));
  }

  private void forget() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> !f.endsWith("results")).toList()) {
        clear(file);
      }
    }
  }

  private static void clear(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path directory, @org.jspecify.annotations.Nullable IOException failure)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void deploy(CoordinatorClient client, Path fdl) throws IOException {
    FdlFiles.Companions companions = Wired.fdl().companions(fdl);
    Map<String, String> digests = new HashMap<>();
    for (Map.Entry<String, Path> file : companions.files().entrySet()) {
      digests.put(file.getKey(), client.keepFile(file.getValue()));
    }
    DeployAnswer answer =
        client.deploy(
            new DeployRequest(
                "function.yaml", Files.readString(fdl), companions.scripts(), digests, false));
    answer
        .functions()
        .forEach(f -> say("Deployed function " + f.name() + ", revision " + f.revision()));
  }

  private List<JobRow> work(CoordinatorClient client, Transfer transfer, List<Path> queries)
      throws IOException, InterruptedException {
    say("Dropping " + queries.size() + " protein sequences into s3://sequences/in/");
    try (EventStream events = client.events();
        LiveView view = new LiveView(terminal, InstantSource.system())) {
      Thread.ofVirtual().start(() -> follow(events, view));
      for (Path query : queries) {
        ObjectView object = new ObjectView(null, "sequences", "in/" + query.getFileName());
        transfer.upload(query, client.uploadUrl(object), bytes -> {});
      }
      long until = System.nanoTime() + LONGEST.toNanos();
      while (System.nanoTime() < until) {
        List<JobRow> jobs = client.jobs(JobQuery.newest(1000)).jobs();
        if (jobs.size() >= queries.size()
            && jobs.stream().noneMatch(j -> LIVE.contains(j.state()))) {
          return jobs;
        }
        Thread.sleep(200);
      }
    }
    throw new IOException("the jobs were not done after " + LONGEST.toMinutes() + " minutes");
  }

  private static void follow(EventStream events, LiveView view) {
    try {
      Optional<EventView> event = events.next();
      while (event.isPresent()) {
        view.accept(event.get());
        event = events.next();
      }
    } catch (IOException e) {
      // The stream was closed: the jobs' end is read from the API in any case.
      return;
    }
  }

  private boolean report(
      CoordinatorClient client, Transfer transfer, List<JobRow> jobs, int expected)
      throws IOException {
    Path results = Files.createDirectories(folder.resolve("results"));
    List<JobDetail> details = new ArrayList<>();
    for (JobRow job : jobs) {
      details.add(client.job(job.id().value()));
    }
    details.sort(Comparator.comparing(d -> d.job().input().key()));
    say("");
    say(terminal.paint(Paint.STRONG, "Best hits in the genome of Escherichia coli 536"));
    say(
        String.format(
            Locale.ROOT,
            "  %-12s %6s %9s %-6s %19s %9s",
            "query",
            "score",
            "E-value",
            "strand",
            "genome",
            "identical"));
    for (JobDetail detail : details) {
      for (JobDetail.Output output : detail.outputs()) {
        Path file = results.resolve(last(output.object().key()));
        transfer.download(client.downloadUrl(output.object()), file, bytes -> {});
        say("  " + best(file));
      }
    }
    split(details);
    long succeeded = jobs.stream().filter(j -> j.state().equals("succeeded")).count();
    VerifyView ledger = client.verify(Optional.empty());
    say("");
    say(
        ledger.sound()
            ? terminal.paint(Paint.GOOD, "The ledger is sound")
                + ": "
                + ledger.size()
                + " entries, root "
                + String.valueOf(ledger.rootHash()).substring(0, 16)
                + "..."
            : terminal.paint(Paint.BAD, "The ledger is broken") + ": " + ledger.problems());
    for (JobRow job : jobs) {
      if (!job.state().equals("succeeded")) {
        say(terminal.paint(Paint.BAD, job.state()) + " " + job.input().key() + ": " + job.reason());
      }
    }
    return ledger.sound() && succeeded == expected && jobs.size() == expected;
  }

  private static String last(String key) {
    return key.substring(key.lastIndexOf('/') + 1);
  }

  private static String best(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    String query = file.getFileName().toString().replace(".hits.tsv", "");
    if (lines.size() < 2 || lines.get(1).startsWith("#")) {
      return String.format(Locale.ROOT, "%-12s nothing significant", query);
    }
    String[] hit = lines.get(1).split("\t", -1);
    int identical = Integer.parseInt(hit[11]) * 100 / Math.max(1, Integer.parseInt(hit[12]));
    return String.format(
        Locale.ROOT,
        "%-12s %6s %9s %-6s %19s %8d%%",
        query,
        hit[2],
        hit[4],
        hit[5],
        hit[7] + "-" + hit[8],
        identical);
  }

  private void split(List<JobDetail> details) {
    say("");
    say(terminal.paint(Paint.STRONG, "Where the time went, seconds"));
    say(
        String.format(
            Locale.ROOT,
            "  %-12s %8s %8s %8s %8s %8s",
            "query",
            "queue",
            "stage",
            "start",
            "run",
            "publish"));
    for (JobDetail detail : details) {
      JobDetail.Split split = detail.split();
      if (split != null) {
        say(
            String.format(
                Locale.ROOT,
                "  %-12s %8.3f %8.3f %8.3f %8.3f %8.3f",
                last(detail.job().input().key()).replaceAll("\\.[^.]*$", ""),
                split.queueMicros() / 1e6,
                split.stageMicros() / 1e6,
                split.startMicros() / 1e6,
                split.runMicros() / 1e6,
                split.publishMicros() / 1e6));
      }
    }
  }

  private void farewell(boolean good) {
    long seconds = (System.nanoTime() - began) / 1_000_000_000L;
    say("");
    say(
        (good ? terminal.paint(Paint.GOOD, "Done") : terminal.paint(Paint.BAD, "Not all went well"))
            + " after "
            + seconds
            + " s; nothing is left running. Tables: "
            + shown(folder.resolve("results")));
    say("Next, to stay:");
    String at = shown(Path.of(System.getProperty("millrace.home", "")).resolve(SAMPLE));
    terminal.say("  millrace up --config " + at + "/" + Wired.CONFIG);
    terminal.say("  millrace deploy " + at + "/function.yaml");
  }

  private static String shown(Path path) {
    Path here = Path.of("").toAbsolutePath();
    return path.startsWith(here) ? here.relativize(path).toString() : path.toString();
  }

  private void say(String line) {
    terminal.line(line);
  }
}
