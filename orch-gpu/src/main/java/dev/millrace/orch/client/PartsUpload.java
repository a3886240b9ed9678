package dev.millrace.orch.client;

import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.object.UploadXml;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
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
  private final AtomicReference<Optional<String>> open = new AtomicReference<>(Optional.empty());

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
   */
  public record Rules(long partBytes, Retries retries) {
    /** Parts of 64 MiB. */
    public static final Rules USUAL = new Rules(LARGE, Retries.USUAL);
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

  /** Uploads it; the object is there when this returns. */
  public void upload(Path file) throws IOException {
    Look look = Look.at(file);
    long size = look.size();
    long partBytes = UploadStep.partBytes(rules.partBytes(), size);
    String upload =
        UploadXml.uploadId(transfer.post(steps.url(new UploadStep.Begin()), "", what(0)));
    open.set(Optional.of(upload));
    try {
      List<String> eTags = new ArrayList<>();
      for (long from = 0; from < size; from += partBytes) {
        UploadStep step = new UploadStep.Part(upload, eTags.size() + 1);
        Piece piece = new Piece(file, from, Math.min(partBytes, size - from));
        eTags.add(rules.retries().repeat(() -> part(piece, step, what(eTags.size() + 1))));
      }
      if (!Look.at(file).equals(look)) {
        throw new IOException(file + " changed while it was uploaded; put it again");
      }
      complete(upload, UploadXml.completion(eTags));
      open.set(Optional.empty());
    } finally {
      drop();
    }
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

  /**
   * Drops what was sent of an upload that is not whole, as well as that can be done; from any
   * thread, once.
   *
   * @return whether there is nothing left of it
   */
  public boolean drop() {
    Optional<String> upload = open.getAndSet(Optional.empty());
    if (upload.isEmpty()) {
      return true;
    }
    try {
      transfer.delete(steps.url(new UploadStep.Abort(upload.get())), "the end of an upload");
      return true;
    } catch (FileNotFoundException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
