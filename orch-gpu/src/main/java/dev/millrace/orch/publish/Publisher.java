package dev.millrace.orch.publish;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.PublishedObject;
import dev.millrace.orch.order.Places;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.OutputFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLConnection;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Copies a winning run's files to their final keys. Every copy can be made again, so that a crash
 * in the middle is rolled forward by doing it all once more.
 */
public final class Publisher {
  private final Stores stores;
  private final Places places;
  private final InstantSource clock;

  public Publisher(Stores stores, Places places, InstantSource clock) {
    this.stores = stores;
    this.places = places;
    this.clock = clock;
  }

  /** A file of the winning run is not where its manifest says; no retry brings it back. */
  public static final class FileGone extends IOException {
    private static final long serialVersionUID = 1L;

    FileGone(ObjectName name) {
      super("the run's file " + name.uri() + " is gone");
    }
  }

  /** A file cannot have the key that an output rule gives it; another try of the same would not. */
  public static final class Unfit extends IOException {
    private static final long serialVersionUID = 1L;

    Unfit(String path, String reason) {
      super("output '" + path + "' cannot be published: " + reason);
    }
  }

  private record Step(OutputFile file, ObjectName from, ObjectName to) {}

  /**
   * Copies every file to each place that an output rule gives it, and writes the marker last.
   *
   * @throws StoreException when a store does not do it; the caller tries again
   * @throws FileGone when a file cannot be had any more
   * @throws Unfit when a file has no fit place; none has been copied then
   */
  public List<PublishedObject> publish(
      Job job, DeployedFunction function, RunRef run, Manifest manifest) throws IOException {
    List<PublishedObject> published = new ArrayList<>();
    Map<String, String> metadata =
        Map.of(
            ObjectHead.DEPTH, Integer.toString(job.depth() + 1), "millrace-job", job.id().value());
    for (Step step : steps(function, run, manifest)) {
      OutputFile file = step.file();
      copy(step.from(), step.to(), new WriteOptions(false, contentType(file.path()), metadata));
      published.add(
          new PublishedObject(job.id(), step.to(), file.sha256(), file.size(), clock.instant()));
    }
    mark(places.ofRun(function, marker(job.id())), published);
    return published;
  }

  /**
   * Where the marker of a job's published set lies, in the bucket of its function's first output.
   */
  static String marker(JobId job) {
    return InputRule.RESERVED + job + "/published";
  }

  /** Written last: when it is there, every file that it names is at its final key. */
  private void mark(ObjectName marker, List<PublishedObject> published) throws StoreException {
    byte[] list = Json.bytes(published);
    stores
        .get(marker.store())
        .write(
            marker,
            new ByteArrayInputStream(list),
            list.length,
            new WriteOptions(false, "application/json", Map.of()));
  }

  /** The manifest comes from a provider: its paths are believed no further than this. */
  private List<Step> steps(DeployedFunction function, RunRef run, Manifest manifest) throws Unfit {
    List<Step> steps = new ArrayList<>();
    for (OutputFile file : manifest.outputs()) {
      try {
        ObjectName from =
            places.ofRun(function, Manifest.prefix(run) + Manifest.OUTPUTS + file.path());
        Set<String> done = new TreeSet<>();
        for (OutputRule rule : function.spec().outputs()) {
          Optional<ObjectName> to = rule.target(file.path());
          if (to.isPresent() && done.add(to.get().store() + " " + to.get().uri())) {
            steps.add(new Step(file, from, fit(file, to.get())));
          }
        }
      } catch (IllegalArgumentException e) {
        throw new Unfit(file.path(), String.valueOf(e.getMessage()));
      }
    }
    return steps;
  }

  private static ObjectName fit(OutputFile file, ObjectName to) throws Unfit {
    if (to.key().startsWith(InputRule.RESERVED)) {
      throw new Unfit(file.path(), "keys under " + InputRule.RESERVED + " are reserved");
    }
    return to;
  }

  private void copy(ObjectName from, ObjectName to, WriteOptions options) throws IOException {
    ObjectStore source = stores.get(from.store());
    if (from.store().equals(to.store())) {
      if (!source.copy(from, to, options)) {
        throw new FileGone(from);
      }
      return;
    }
    Optional<ObjectBody> body = source.read(from.bucket(), from.key());
    if (body.isEmpty()) {
      throw new FileGone(from);
    }
    try (ObjectBody open = body.get()) {
      stores.get(to.store()).write(to, open.stream(), open.head().size(), options);
    }
  }

  private static String contentType(String path) {
    String guess = URLConnection.guessContentTypeFromName(path);
    return guess == null ? "application/octet-stream" : guess;
  }

  /** Removes the run's copies of what is published; its manifest and log stay. */
  public void tidy(DeployedFunction function, RunRef run, Manifest manifest) throws StoreException {
    for (OutputFile file : manifest.outputs()) {
      ObjectName name =
          places.ofRun(function, Manifest.prefix(run) + Manifest.OUTPUTS + file.path());
      stores.get(name.store()).delete(name.bucket(), name.key());
    }
  }
}
