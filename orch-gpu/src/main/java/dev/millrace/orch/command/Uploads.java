package dev.millrace.orch.command;

import dev.millrace.orch.api.view.ObjectPage;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.ApiFailure;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.Ended;
import dev.millrace.orch.client.PartsUpload;
import dev.millrace.orch.client.Retries;
import dev.millrace.orch.client.Stalled;
import dev.millrace.orch.client.Transfer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Uploads files. What was uploaded stays, whatever becomes of the others. */
final class Uploads {
  private static final int LANES = 4;

  private final Means means;
  private final Terminal terminal;
  private final Set<ObjectView> done = new LinkedHashSet<>();
  private final Map<ObjectView, PartsUpload> open = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  /** What it works with. */
  record Means(CoordinatorClient client, Transfer transfer, Progress progress) {}

  /** A file and the object that it becomes. */
  record Item(Path file, long bytes, ObjectView object) {}

  Uploads(Means means, Terminal terminal) {
    this.means = means;
    this.terminal = terminal;
  }

  /** The objects that are there. */
  synchronized List<ObjectView> done() {
    return List.copyOf(done);
  }

  /** Whether that was news. */
  private synchronized boolean up(ObjectView object) {
    return done.add(object);
  }

  /** Which of these are not there yet with the same bytes. */
  static List<Item> missing(CoordinatorClient client, S3Target where, List<Item> items)
      throws IOException {
    Set<String> wanted = new HashSet<>();
    items.forEach(item -> wanted.add(item.object().key()));
    Map<String, ObjectPage.Row> there = new HashMap<>();
    Listing listing = new Listing(client, where);
    try {
      for (Optional<ObjectPage.Row> row = listing.next(); row.isPresent(); row = listing.next()) {
        if (wanted.contains(row.get().key())) {
          there.put(row.get().key(), row.get());
        }
      }
    } catch (ApiFailure.Answered e) {
      if (e.problem().status() != 404) {
        throw e;
      }
      return items; // There is no such bucket yet.
    }
    List<Item> missing = new ArrayList<>();
    for (Item item : items) {
      ObjectPage.Row row = there.get(item.object().key());
      if (row == null || !Twins.uploaded(item.file(), row)) {
        missing.add(item);
      }
    }
    return missing;
  }

  /**
   * Uploads them.
   *
   * @param ordered whether one after the other, in this order
   * @param told whether a line tells of each
   */
  void all(List<Item> items, boolean ordered, boolean told) throws IOException {
    SideBySide.each(SideBySide.of(items.iterator()), ordered ? 1 : LANES, item -> one(item, told));
  }

  private void one(Item item, boolean told) throws IOException {
    if (item.bytes() <= PartsUpload.LARGE) {
      small(item);
    } else {
      large(item);
    }
    boolean news = up(item.object());
    means.progress().file();
    if (told && news) {
      means.progress().clear();
      terminal.line("put " + Words.printable(item.object().uri()));
    }
  }

  /**
   * In one piece, and tried again only where the store cannot have it whole: a second one would be
   * a second job.
   */
  private void small(Item item) throws IOException {
    int failed = 0;
    while (true) {
      long[] sent = {0};
      try {
        means
            .transfer()
            .upload(
                item.file(),
                means.client().uploadUrl(item.object()),
                bytes -> {
                  sent[0] += bytes;
                  means.progress().add(bytes);
                });
        return;
      } catch (Stalled e) {
        means.progress().add(-sent[0]);
        if (e.mayBeDone()) {
          throw e;
        }
        failed++;
        Retries.USUAL.after(failed, e);
      }
    }
  }

  private void large(Item item) throws IOException {
    PartsUpload upload =
        new PartsUpload(
            means.transfer(),
            step -> means.client().uploadUrl(item.object(), step),
            PartsUpload.Rules.USUAL,
            means.progress()::add);
    open.put(item.object(), upload);
    try {
      if (stopping) {
        // Whoever stopped the others may not have seen this one.
        throw new InterruptedIOException("the upload was stopped");
      }
      upload.upload(item.file());
    } finally {
      open.remove(item.object());
    }
  }

  /** Ends those that are under way, from another thread, and says what became of each. */
  void stop() {
    stopping = true;
    means.progress().end();
    Map<ObjectView, PartsUpload> all = Map.copyOf(open);
    all.forEach((object, upload) -> {
      if (upload.isCompleting()) {
        terminal.tell(
            "stopping: the store completes "
                + Words.printable(object.uri())
                + "; waiting a moment for its answer");
      }
    });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      all.forEach((object, upload) -> threads.submit(() -> stop(object, upload)));
    }
  }

  private void stop(ObjectView object, PartsUpload upload) {
    Ended ended = upload.stop(() -> means.client().downloadUrl(object));
    if (ended instanceof Ended.Up && !up(object)) {
      return;
    }
    said(ended, Words.printable(object.uri())).ifPresent(terminal::tell);
  }

  private static Optional<String> said(Ended ended, String object) {
    return switch (ended) {
      case Ended.Nothing nothing -> Optional.empty();
      case Ended.Up up -> Optional.of("stopped: the store had all of " + object + ": it is up");
      case Ended.Dropped dropped ->
          Optional.of("stopped: the parts of " + object + " that were sent are dropped");
      case Ended.Left left ->
          Optional.of(
              "stopped: "
                  + object
                  + " is not up, and the store could not be asked to drop the parts that were sent;"
                  + " list and abort them with an S3 client (list-multipart-uploads)");
      case Ended.Unknown unknown ->
          Optional.of(
              "stopped: the store did not say whether "
                  + object
                  + " is up: 'millrace ls "
                  + object
                  + "' tells. Where it is not, list and abort its parts with an S3 client"
                  + " (list-multipart-uploads)");
    };
  }

  static Item item(Path file, ObjectView object) throws IOException {
    return new Item(file, Files.size(file), object);
  }
}
