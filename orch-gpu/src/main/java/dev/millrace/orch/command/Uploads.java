package dev.millrace.orch.command;

import dev.millrace.orch.api.view.ObjectPage;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.ApiFailure;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.PartsUpload;
import dev.millrace.orch.client.Retries;
import dev.millrace.orch.client.Stalled;
import dev.millrace.orch.client.Transfer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Uploads files. What was uploaded stays, whatever becomes of the others. */
final class Uploads {
  private static final int LANES = 4;

  private final Means means;
  private final Terminal terminal;
  private final List<ObjectView> done = Collections.synchronizedList(new ArrayList<>());

  /** What it works with. */
  record Means(CoordinatorClient client, Transfer transfer, Progress progress) {}

  /** A file and the object that it becomes. */
  record Item(Path file, long bytes, ObjectView object) {}

  Uploads(Means means, Terminal terminal) {
    this.means = means;
    this.terminal = terminal;
  }

  /** The objects that are there. */
  List<ObjectView> done() {
    return List.copyOf(done);
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
    done.add(item.object());
    means.progress().file();
    if (told) {
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
    try (Stopped stopped = new Stopped(() -> drop(upload))) {
      upload.upload(item.file());
    }
  }

  private void drop(PartsUpload upload) {
    means.progress().end();
    terminal.note(
        upload.drop()
            ? "stopped: the parts that were sent are dropped"
            : "stopped: the store could not be asked to drop the parts that were sent; list and"
                + " abort them with an S3 client (list-multipart-uploads)");
  }

  static Item item(Path file, ObjectView object) throws IOException {
    return new Item(file, Files.size(file), object);
  }
}
