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
import java.nio.file.InvalidPathException;
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
  private final List<String> leftOut = new ArrayList<>();
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
   * @param leftOut keys that are no path here
   */
  record Done(String folder, long files, long size, long before, List<String> leftOut) {
    Done {
      leftOut = List.copyOf(leftOut);
    }
  }

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
    SideBySide.each(new Listing(means.client(), from), LANES, this::one);
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

  private void one(ObjectPage.Row row) throws IOException {
    Optional<Path> place = place(row.key());
    if (place.isEmpty()) {
      synchronized (this) {
        leftOut.add(row.key());
      }
      return;
    }
    Path to = place.get();
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
      synchronized (this) {
        leftOut.add(row.key()); // It went away after it was listed.
      }
    } catch (FileSystemException e) {
      if (isFree(to)) {
        throw e;
      }
      synchronized (this) {
        leftOut.add(row.key()); // Another key's file or folder came to be here meanwhile.
      }
    } finally {
      open.remove(to);
    }
  }

  private Download download(String key) {
    ObjectView object = new ObjectView(null, from.bucket(), key);
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

  /** Where a key's rest lies in the folder, and never beside it. */
  private Optional<Path> place(String key) {
    String rest = key.substring(from.key().length());
    for (String part : rest.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return Optional.empty();
      }
    }
    try {
      Path to = folder.resolve(rest).normalize();
      return to.startsWith(folder) && isFree(to) ? Optional.of(to) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** A key may be a folder of another one's; a file system has no such thing. */
  private boolean isFree(Path to) {
    if (Files.isDirectory(to)) {
      return false;
    }
    Path up = folder;
    for (Path part : folder.relativize(to)) {
      if (Files.isRegularFile(up)) {
        return false;
      }
      up = up.resolve(part);
    }
    return true;
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
