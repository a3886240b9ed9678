package dev.millrace.orch.bench;

import java.io.IOException;
import java.nio.file.Path;

/** From an object to its result, on a coordinator with its store and a provider. */
record PipelineSuite() implements Suite {
  @Override
  public String name() {
    return "pipeline";
  }

  @Override
  public void measure(Bench bench) throws IOException, InterruptedException {
    Path folder = bench.folder("pipeline");
    Path data = folder.resolve("data");
    boolean docker = Engine.answers(bench.image());
    if (!docker) {
      bench.note(
          "no containers were measured: no engine answers by DOCKER_HOST, or it has no image "
              + bench.image()
              + " (--image)");
    }
    Path config = Functions.configuration(folder, docker, "");
    bench.doing("pipeline: starting");
    try (Child child = Child.up(bench, data, config, Child.How.USUAL)) {
      child.deploy(Functions.nothing(docker ? bench.image() : ""));
      new IdleJobs(child).measure(folder);
      new BusyJobs(child).measure(docker);
    }
    new Starts(bench, data, config).measure();
    new Waiting(bench).measure();
    Traces.measure(bench);
  }
}
