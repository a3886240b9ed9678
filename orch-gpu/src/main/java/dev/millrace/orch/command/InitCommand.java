package dev.millrace.orch.command;

import dev.millrace.fdl.Nearest;
import dev.millrace.orch.scaffold.Draft;
import dev.millrace.orch.scaffold.Runs;
import dev.millrace.orch.scaffold.Samples;
import dev.millrace.orch.scaffold.Scaffold;
import dev.millrace.schema.id.FunctionName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a first function. */
@Command(
    name = "init",
    description = {
      "Write a function of your own into a folder: YAML, a shell script, an example to drop, and"
          + " what 'up' needs. Nothing is overwritten.",
      "With --image it runs in a container of that image, otherwise as a plain process."
    },
    footer = {
      "",
      "Examples:",
      "  millrace init hello                                needs only a JDK",
      "  millrace init hello --image debian:bookworm-slim   needs Docker Engine",
      "  millrace init demo --sample sequence-alignment     a copy of a sample"
    })
final class InitCommand implements Callable<Integer> {
  private static final List<String> RUNNERS = List.of("process", "docker");

  private final Setting setting;

  @Parameters(
      paramLabel = "FOLDER",
      arity = "0..1",
      description = "Where to; made when it is not there (default: here).")
  @Nullable Path given;

  @Option(names = "--image", paramLabel = "IMAGE", description = "Image of the container.")
  @Nullable String image;

  @Option(
      names = "--sample",
      paramLabel = "NAME",
      completionCandidates = SampleNames.class,
      description = "A sample of the checkout.")
  @Nullable String sample;

  @Option(
      names = "--name",
      paramLabel = "FUNCTION",
      description = "Name of the function (default: the folder's).")
  @Nullable String name;

  @Option(
      names = "--bucket",
      paramLabel = "BUCKET",
      description = "Files come from in/ of it, results go to out/ (default: as the name).")
  @Nullable String bucket;

  @Option(
      names = "--runner",
      paramLabel = "RUNNER",
      description = "process or docker (default: docker with --image, else process).")
  @Nullable String runner;

  @Option(names = "--json", description = "Print JSON, for programs.")
  boolean json;

  @Mixin Looks looks = new Looks();

  /** What a shell offers: the samples that are there when its script is written. */
  static final class SampleNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      Path samples = Path.of(System.getProperty("millrace.home", "")).resolve("samples");
      try {
        return new Samples(samples).names().iterator();
      } catch (IOException e) {
        return Collections.emptyIterator();
      }
    }
  }

  InitCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    if (given != null && given.toString().isEmpty()) {
      throw Mistake.usage("the folder's name is empty; '.' is the folder that you are in");
    }
    Path folder = given == null ? Path.of("") : given;
    Path target = setting.folder().resolve(folder).toAbsolutePath().normalize();
    NextSteps next = new NextSteps(setting, folder);
    if (sample != null) {
      return sample(sample, target, next);
    }
    FunctionName function = function(target);
    String into = bucket == null ? Scaffold.bucketFor(function) : bucket;
    Scaffold scaffold = new Scaffold(function, into, runs());
    Draft draft = scaffold.draft();
    draft.write(target);
    next.run(draft);
    next.drop(Scaffold.EXAMPLE, into, scaffold.runs() instanceof Runs.InContainer ? 300 : 60);
    next.print(draft, looks.terminal(setting), json);
    return Exit.OK;
  }

  private Integer sample(String wanted, Path target, NextSteps next) throws IOException {
    if (image != null || name != null || bucket != null || runner != null) {
      throw Mistake.usage("a sample has all of its own: give --sample and no other option");
    }
    Path home =
        setting
            .lifecycle()
            .upkeep()
            .home()
            .orElseThrow(() ->
                Mistake.failed("samples are in the checkout: start its ./millrace to copy one"));
    Samples samples = new Samples(home.resolve("samples"));
    List<String> known = samples.names();
    if (!known.contains(wanted)) {
      throw Mistake.usage(unknown("sample", wanted, known));
    }
    Draft draft = samples.draft(wanted);
    draft.write(target);
    next.build(draft);
    next.run(draft);
    samples.example(wanted).ifPresent(e -> next.drop(e.file(), e.into()));
    next.print(draft, looks.terminal(setting), json);
    return Exit.OK;
  }

  private FunctionName function(Path target) {
    if (name != null) {
      return new FunctionName(name);
    }
    try {
      return new FunctionName(String.valueOf(target.getFileName()));
    } catch (IllegalArgumentException e) {
      throw Mistake.usage(
          "a function cannot be called '"
              + Words.printable(String.valueOf(target.getFileName()))
              + "' like this folder: give it a name of letters, digits, '.', '_' and '-' with"
              + " --name");
    }
  }

  private Runs runs() {
    if (runner != null && !RUNNERS.contains(runner)) {
      throw Mistake.usage(unknown("runner", runner, RUNNERS));
    }
    if ("process".equals(runner) && image != null) {
      throw Mistake.usage("a process has no image: leave --image or --runner process away");
    }
    if (image != null) {
      return new Runs.InContainer(image);
    }
    if ("docker".equals(runner)) {
      throw Mistake.usage("a container needs an image: add --image, for instance debian:12");
    }
    return new Runs.AsProcess();
  }

  private static String unknown(String what, String written, List<String> known) {
    List<String> words = new ArrayList<>(known);
    return "there is no "
        + what
        + " '"
        + written
        + "'"
        + Nearest.to(written, words).map(n -> "; did you mean '" + n + "'?").orElse(".")
        + " There are: "
        + String.join(", ", words);
  }
}
