package dev.millrace.orch.client;

import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.object.UploadXml;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Uploads one file in parts, by a URL for each step. Each part is streamed from the file, and tried
 * again by itself. What does not end whole is dropped: nothing is there then.
 */
public final class PartsUpload {
  /** From this size on, a part that fails costs less than the whole again. */
  public static final long LARGE = 64L << 20;

  private final Transfer transfer;
  private final Steps steps;
  private final Rules rules;
  private final LongConsumer progress;
  private final UploadCourse course = new UploadCourse();

  /** Who gives the URL of each step. */
  @FunctionalInterface
  public interface Steps {
    /** A fresh URL. */
    URI url(UploadStep step) throws IOException;
  }

  /**
   * How it is done.
   *
   * @param partBytes at least {@link UploadStep#PART_BYTES_MIN}; larger ones are taken where so
   *     many parts would be too many
   * @param patience how long whoever stops it waits for what the store was asked already
   */
  public record Rules(long partBytes, Retries retries, Duration patience) {
    /** Parts of 64 MiB. */
    public static final Rules USUAL = new Rules(LARGE, Retries.USUAL, Duration.ofSeconds(10));
  }

  /**
   * @param progress is told how many bytes more are on their way; fewer, when a part failed
   */
  public PartsUpload(Transfer transfer, Steps steps, Rules rules, LongConsumer progress) {
    this.transfer = transfer;
    this.steps = steps;
    this.rules = rules;
    this.progress = progress;
  }

  private record Look(long size, FileTime changed) {
    static Look at(Path file) throws IOException {
      return new Look(Files.size(file), Files.getLastModifiedTime(file));
    }
  }

  /** Uploads it, once; the object is there when this returns. */
  public void upload(Path file) throws IOException {
    boolean whole = false;
    try {
      whole(file);
      course.up();
      whole = true;
    } finally {
      if (!whole) {
        drop(course.failed());
      }
    }
  }

  private void whole(Path file) throws IOException {
    Look look = Look.at(file);
    long size = look.size();
    long partBytes = UploadStep.partBytes(rules.partBytes(), size);
    course.begins();
    String upload =
        UploadXml.uploadId(transfer.post(steps.url(new UploadStep.Begin()), "", what(0)));
    course.open(upload);
    List<String> eTags = new ArrayList<>();
    for (long from = 0; from < size; from += partBytes) {
      UploadStep step = new UploadStep.Part(upload, eTags.size() + 1);
      Piece piece = new Piece(file, from, Math.min(partBytes, size - from));
      eTags.add(rules.retries().repeat(() -> part(piece, step, what(eTags.size() + 1))));
    }
    if (!Look.at(file).equals(look)) {
      throw new IOException(file + " changed while it was uploaded; put it again");
    }
    course.completes(upload, eTags, size);
    complete(upload, UploadXml.completion(eTags));
  }

  private static String what(int part) {
    return part == 0 ? "the begin of an upload in parts" : "part " + part + " of the upload";
  }

  private String part(Piece piece, UploadStep step, String what) throws IOException {
    Sent sent = new Sent(progress);
    boolean done = false;
    try {
      String eTag =
          transfer
              .put(piece, steps.url(step), sent, what)
              .orElseThrow(() -> new IOException(what + " was answered without an entity tag"));
      done = true;
      return eTag;
    } catch (Stalled e) {
      throw e.ofPart();
    } finally {
      if (!done) {
        sent.takeBack();
      }
    }
  }

  /**
   * What was told of one try. A request that failed may read a buffer more on its own thread after
   * it was given up, and nobody is told of that one.
   */
  private static final class Sent implements LongConsumer {
    private final LongConsumer progress;
    private long bytes;
    private boolean over;

    Sent(LongConsumer progress) {
      this.progress = progress;
    }

    @Override
    public synchronized void accept(long more) {
      if (!over) {
        bytes += more;
        progress.accept(more);
      }
    }

    synchronized void takeBack() {
      over = true;
      progress.accept(-bytes);
    }
  }

  private void complete(String upload, String document) throws IOException {
    String what = "the completion of an upload in parts";
    rules
        .retries()
        .repeat(() -> {
          String answer = transfer.post(steps.url(new UploadStep.Complete(upload)), document, what);
          Optional<String> error = UploadXml.error(answer);
          if (error.isPresent()) {
            throw new StoreRefusal(what, 500, error.get());
          }
          return answer;
        });
  }

  /** Whether the store was asked to make the object, and has not answered. */
  public boolean isCompleting() {
    return course.now() instanceof UploadCourse.At.Completing;
  }

  /**
   * Ends it from another thread, once: drops what was sent of it, unless the object is there. Where
   * the store is completing it, its answer is waited for; where none comes the object tells, and
   * then whether the store takes it that the parts are dropped.
   *
   * @param object gives URLs to read it by
   */
  public Ended stop(Download.Source object) {
    return switch (course.stop(rules.patience())) {
      case UploadCourse.At.Nothing nothing -> new Ended.Nothing();
      case UploadCourse.At.Beginning beginning -> new Ended.Left();
      case UploadCourse.At.Open(String upload) ->
          drop(upload) == Drop.REFUSED ? new Ended.Left() : new Ended.Dropped();
      case UploadCourse.At.Completing completing -> decided(completing, object);
      case UploadCourse.At.Up up -> new Ended.Up();
    };
  }

  private Ended decided(UploadCourse.At.Completing completing, Download.Source object) {
    if (isThere(completing, object)) {
      return new Ended.Up();
    }
    Drop drop = drop(completing.upload());
    // A store may complete it after the look, and before or even after it took the abort.
    if (drop != Drop.REFUSED && isThere(completing, object)) {
      return new Ended.Up();
    }
    return drop == Drop.DONE ? new Ended.Dropped() : new Ended.Unknown();
  }

  /**
   * Whether what is there is made of these parts; not, as far as is known, where nobody answers.
   */
  private boolean isThere(UploadCourse.At.Completing completing, Download.Source object) {
    try {
      return transfer
          .look(object.url())
          .filter(seen -> seen.size() == completing.size())
          .filter(seen -> completing.parts().fits(seen.eTag()))
          .isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  /** What became of a wish to drop an upload. */
  private enum Drop {
    /** It is dropped. */
    DONE,
    /** There is no such upload: it was dropped, or completed. */
    ABSENT,
    /** The store did not do it, or did not say so. */
    REFUSED
  }

  private void drop(UploadCourse.At at) {
    switch (at) {
      case UploadCourse.At.Open(String upload) -> drop(upload);
      case UploadCourse.At.Completing completing -> drop(completing.upload());
      case UploadCourse.At.Nothing nothing -> {}
      case UploadCourse.At.Beginning beginning -> {}
      case UploadCourse.At.Up up -> {}
    }
  }

  private Drop drop(String upload) {
    try {
      transfer.delete(steps.url(new UploadStep.Abort(upload)), "the end of an upload");
      return Drop.DONE;
    } catch (FileNotFoundException e) {
      return Drop.ABSENT;
    } catch (IOException e) {
      return Drop.REFUSED;
    }
  }
}
