package dev.millrace.runtime.container;

import dev.millrace.runtime.runner.FunctionPaths;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.Interpreter;
import dev.millrace.schema.function.Network;
import dev.millrace.schema.run.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes of a plan what the engine is to make. */
final class ContainerMaker {
  /** Where a function finds its folders. */
  static final FunctionPaths PATHS =
      new FunctionPaths("/millrace/input", "/millrace/output", "/tmp", "/millrace/function");

  private static final String SCRIPT = "/millrace/script";

  /** A file that reaches the limit makes its folder too large: that is how it is noticed. */
  private static final long FILE_SPARE = 1 << 20;

  /** Beyond the timeout, by when this runner has stopped it if it lives. */
  private static final long BACKSTOP_SECONDS = 5;

  /**
   * Runs the script where the image's author meant, or in the scratch space where he meant nothing;
   * the limit holds even when nobody watches.
   */
  private static final String WRAPPER =
      "[ \"$PWD\" != / ] || cd /tmp; (sleep \"$1\" && kill -9 -1) >/dev/null 2>&1 & shift; "
          + SlotFolder.STAND_IN
          + "exec \"$@\" "
          + SCRIPT;

  private final DockerSettings settings;

  ContainerMaker(DockerSettings settings) {
    this.settings = settings;
  }

  /** Puts in place what the container will see; an earlier start is forgotten. */
  void prepare(RunPlan plan, ContainerUser user) throws IOException {
    WorkFolder folder = plan.folder();
    folder.create();
    new RunNotes(folder.control()).clear();
    String script = plan.code().script();
    if (script != null) {
      Files.writeString(script(folder), script);
    }
    user.giveReadable(List.of(folder.input(), folder.function(), folder.control()));
    user.giveWritable(folder.output());
  }

  private static Path script(WorkFolder folder) {
    return folder.control().resolve("script.sh");
  }

  /** Without devices. */
  ContainerSpec spec(RunPlan plan, String image, ContainerUser user, List<String> volumes) {
    WorkFolder folder = plan.folder();
    List<ContainerSpec.Place> places = new ArrayList<>();
    places.add(new ContainerSpec.Place(folder.input().toString(), PATHS.input(), false));
    places.add(new ContainerSpec.Place(folder.output().toString(), PATHS.output(), true));
    places.add(new ContainerSpec.Place(folder.function().toString(), PATHS.function(), false));
    List<String> line = List.of();
    if (plan.code().script() != null) {
      places.add(new ContainerSpec.Place(script(folder).toString(), SCRIPT, false));
      long seconds = plan.limits().timeout().toSeconds() + BACKSTOP_SECONDS;
      line = new ArrayList<>(List.of("/bin/sh", "-c", WRAPPER, "millrace"));
      line.add(Long.toString(seconds));
      line.addAll(Interpreter.of(plan.code().script()).words());
    }
    return new ContainerSpec(
        ContainerNames.of(plan.run()),
        image,
        new ContainerSpec.Command(line, environment(plan), user.text(), false),
        confinement(plan.limits(), volumes),
        ContainerNames.labels(settings, plan.run(), plan.function(), folder),
        places,
        DeviceAsk.NOTHING);
  }

  static ContainerSpec with(ContainerSpec spec, DeviceAsk devices) {
    return new ContainerSpec(
        spec.name(),
        spec.image(),
        spec.command(),
        spec.confinement(),
        spec.labels(),
        spec.places(),
        devices);
  }

  private static Map<String, String> environment(RunPlan plan) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("HOME", PATHS.tmp());
    environment.put("TMPDIR", PATHS.tmp());
    environment.putAll(plan.variables());
    return environment;
  }

  private ContainerSpec.Confinement confinement(Limits limits, List<String> volumes) {
    DockerSettings.Room room = settings.room();
    long memory = limits.memory().value() << 20;
    return new ContainerSpec.Confinement(
        memory,
        limits.cpuMillis(),
        room.processesMax(),
        room.outputBytesMax() + FILE_SPARE,
        Math.min(room.tmpBytesMax(), memory / 2),
        volumes,
        limits.network() == Network.OPEN,
        KeptOutput.engineBytes(limits.logMaxBytes()));
  }
}
