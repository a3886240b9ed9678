package dev.millrace.orch.command;

import dev.millrace.orch.api.view.ObjectPage;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.Download;
import dev.millrace.orch.client.Retries;
import dev.millrace.orch.client.Transfer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Downloads all objects under a prefix. What was downloaded stays, whatever becomes of others. */
final class Downloads {
  private static final int LANES = 4;

  private final Means means;
  private final S3Target from;
  private final Path named;
  private final Path folder;
  private final boolean resume;
  private final Set<Path> open = ConcurrentHashMap.newKeySet();
  private final List<LeftOut> leftOut = new ArrayList<>();
  private long all;
  private long done;
  private long bytes;
  private long before;

  /** What it works with. */
  record Means(
      CoordinatorClient client, Transfer transfer, Progress progress, Beginning beginning) {}

  /** Is told what is about to come. */
  @FunctionalInterface
  interface Beginning {
    void begins(String folder, long files, long bytes);
  }

  /**
   * What became of them.
   *
   * @param before files that were there already
   * @param leftOut keys that could not be written here
   */
  record Done(String folder, long files, long size, long before, List<LeftOut> leftOut) {
    Done {
      leftOut = List.copyOf(leftOut);
    }
  }

  /** A key that could not be written here. */
  record LeftOut(String key, String why) {}

  private record Placed(ObjectPage.Row row, Places.Place place) {}

  Downloads(Means means, S3Target from, Path folder, boolean resume) {
    this.means = means;
    this.from = from;
    this.named = folder.normalize();
    // Whole, for a test of what lies in it: the folder '.' alone has an empty path.
    this.folder = named.toAbsolutePath().normalize();
    this.resume = resume;
  }

  /** Downloads them; empty when nothing begins so. */
  Optional<Done> all() throws IOException {
    count();
    if (all == 0) {
      return Optional.empty();
    }
    Files.createDirectories(folder);
    Places places = Places.in(folder);
    Listing listing = new Listing(means.client(), from);
    // In the order of the listing, so that the same one of two has a place each time.
    SideBySide.each(
        () ->
            listing
                .next()
                .map(row -> new Placed(row, places.of(row.key().substring(from.key().length())))),
        LANES,
        placed -> one(placed, places));
    return Optional.of(sum());
  }

  private synchronized Done sum() {
    return new Done(shown(), done, bytes, before, leftOut);
  }

  private String shown() {
    return named.toString().isEmpty() ? "." : named.toString();
  }

  /** How many there are, for the progress; a listing is not kept, it may be long. */
  private void count() throws IOException {
    Listing listing = new Listing(means.client(), from);
    long size = 0;
    for (Optional<ObjectPage.Row> row = listing.next(); row.isPresent(); row = listing.next()) {
      size += row.get().size();
      synchronized (this) {
        all++;
      }
    }
    means.progress().files(all, size);
    if (all > 0) {
      means.beginning().begins(shown(), all, size);
    }
  }

  private void one(Placed placed, Places places) throws IOException {
    switch (placed.place()) {
      case Places.Place.Here(Path to) -> one(placed.row(), to, places);
      case Places.Place.Nowhere(String why) -> leaveOut(placed.row(), why);
    }
  }

  private void one(ObjectPage.Row row, Path to, Places places) throws IOException {
    if (resume && Twins.downloaded(to, row)) {
      means.progress().add(row.size());
      means.progress().file();
      synchronized (this) {
        before++;
      }
      return;
    }
    open.add(to);
    try {
      Files.createDirectories(to.getParent());
      long size = download(row.key()).to(to);
      synchronized (this) {
        done++;
        bytes += size;
      }
      means.progress().file();
    } catch (FileNotFoundException e) {
      leaveOut(row, "it went away meanwhile");
    } catch (FileSystemException e) {
      // Another key's file or folder may have come to be here meanwhile.
      leaveOut(row, places.obstacle(to).orElseThrow(() -> e));
    } finally {
      open.remove(to);
    }
  }

  private synchronized void leaveOut(ObjectPage.Row row, String why) {
    leftOut.add(new LeftOut(row.key(), why));
  }

  private Download download(String key) {
    ObjectView object = new ObjectView(from.store(), from.bucket(), key);
    Download.Meter meter =
        new Download.Meter() {
          @Override
          public void total(long size) {}

          @Override
          public void add(long more) {
            means.progress().add(more);
          }
        };
    return new Download(
        means.transfer(), () -> means.client().downloadUrl(object), Retries.USUAL, meter);
  }

  /** What is said when this process is stopped; what is not whole goes away. */
  String stop() {
    open.forEach(Download::forget);
    synchronized (this) {
      return Words.count(done + before)
          + " of "
          + Words.count(all)
          + " files are here; again with --continue for the rest";
    }
  }
}
