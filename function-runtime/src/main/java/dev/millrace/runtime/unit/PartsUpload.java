package dev.millrace.runtime.unit;

import dev.millrace.runtime.unit.Transfer.Moved;
import dev.millrace.runtime.unit.Tries.Exhausted;
import dev.millrace.runtime.unit.Tries.Try;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.object.UploadXml;
import dev.millrace.schema.run.RunChannel.Want;
import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Uploads one large file in parts: each is streamed from the file and tried again by itself, and
 * what has arrived is kept, so that a restart goes on behind it.
 */
final class PartsUpload {
  /** How long a store may work on a completion without a word. */
  private static final Duration COMPLETION = Duration.ofMinutes(10);

  private static final int BEGINNINGS_MAX = 3;
  private static final int BUFFER = 1 << 16;

  private final Watched client;
  private final Tries tries;
  private final TransferRules rules;
  private final RunRef run;
  private final Path record;

  /** What uploads go by. */
  record Means(Watched client, Tries tries, TransferRules rules) {}

  /**
   * @param record where it is kept how far the upload is
   */
  PartsUpload(Means means, RunRef run, Path record) {
    this.client = means.client();
    this.tries = means.tries();
    this.rules = means.rules();
    this.run = run;
    this.record = record;
  }

  /** The store knows the upload no more: its parts are gone with it. */
  private static final class Gone extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** Uploads it, or goes on with that. */
  Moved upload(String relative, Path file)
      throws IOException, InterruptedException, LeaseLost, Exhausted {
    long size = Files.size(file);
    long partBytes = UploadStep.partBytes(rules.partBytes(), size);
    for (int i = 0; i < BEGINNINGS_MAX; i++) {
      try {
        PartsKept kept = find(relative, size, partBytes);
        return new Moved.Done(finish(kept, file));
      } catch (Gone e) {
        Files.deleteIfExists(record);
      }
    }
    throw new Exhausted("the store dropped its upload in parts " + BEGINNINGS_MAX + " times");
  }

  private PartsKept find(String relative, long size, long partBytes)
      throws IOException, InterruptedException, LeaseLost, Exhausted {
    Optional<PartsKept> kept = KeptUploads.read(record);
    if (kept.filter(it -> it.fits(relative, size, partBytes)).isPresent()) {
      return kept.get();
    }
    abort();
    String id = tries.repeat(run, want(relative, new UploadStep.Begin()), this::begin);
    return keep(new PartsKept(relative, size, partBytes, id, List.of()));
  }

  private PartsKept keep(PartsKept kept) throws IOException {
    KeptUploads.write(record, kept);
    return kept;
  }

  private static Want want(String relative, UploadStep step) {
    return new Want.OutputUpload(relative, step);
  }

  private Try<String> begin(URI url) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        say(HttpRequest.newBuilder(url).POST(BodyPublishers.noBody()).build(), rules.stall());
    return answer.statusCode() / 100 == 2
        ? Try.ended(UploadXml.uploadId(answer.body()))
        : Try.again("the store answered " + answer.statusCode() + " to the begin of an upload");
  }

  private HttpResponse<String> say(HttpRequest request, Duration stall)
      throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8), () -> 0, stall);
  }

  /** The SHA-256 of the whole. */
  private String finish(PartsKept first, Path file)
      throws IOException, InterruptedException, LeaseLost, Exhausted, Gone {
    MessageDigest digest = digestOf(file, first.offset());
    PartsKept kept = first;
    while (!kept.whole()) {
      long length = Math.min(kept.partBytes(), kept.size() - kept.offset());
      try (FileBody body = new FileBody(file, kept.offset(), length, digest)) {
        UploadStep step = new UploadStep.Part(kept.upload(), kept.parts().size() + 1);
        Optional<String> eTag =
            tries.repeat(run, want(kept.relative(), step), url -> part(url, body));
        kept = keep(kept.with(eTag.orElseThrow(Gone::new)));
        digest = body.digest();
      }
    }
    complete(kept);
    Files.deleteIfExists(record);
    return Hex.of(digest.digest());
  }

  private static MessageDigest digestOf(Path file, long length) throws IOException {
    MessageDigest digest = Hex.sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      byte[] buffer = new byte[BUFFER];
      for (long left = length; left > 0; ) {
        int got = in.read(buffer, 0, (int) Math.min(left, BUFFER));
        if (got < 0) {
          throw new IOException(file + " is shorter than what was uploaded of it");
        }
        left -= got;
      }
    }
    return digest;
  }

  /** The part's entity tag; empty when the upload is gone. */
  private Try<Optional<String>> part(URI url, FileBody body)
      throws IOException, InterruptedException {
    HttpResponse<Void> answer =
        client.send(
            HttpRequest.newBuilder(url).PUT(body.publisher()).build(),
            BodyHandlers.discarding(),
            body::moved,
            rules.stall());
    if (answer.statusCode() == 404) {
      return Try.ended(Optional.empty());
    }
    Optional<String> eTag = answer.headers().firstValue("etag");
    return answer.statusCode() / 100 == 2 && eTag.isPresent() && body.whole()
        ? Try.ended(eTag)
        : Try.again("the store answered " + answer.statusCode() + " to a part");
  }

  private void complete(PartsKept kept)
      throws IOException, InterruptedException, LeaseLost, Exhausted, Gone {
    String document =
        UploadXml.completion(kept.parts().stream().map(PartsKept.Part::eTag).toList());
    Want want = want(kept.relative(), new UploadStep.Complete(kept.upload()));
    if (!tries.repeat(run, want, url -> complete(url, document))) {
      throw new Gone();
    }
  }

  /** Whether the object is there; not when the upload is gone. */
  private Try<Boolean> complete(URI url, String document) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url).POST(BodyPublishers.ofString(document)).build();
    HttpResponse<String> answer = say(request, COMPLETION);
    if (answer.statusCode() == 404) {
      return Try.ended(false);
    }
    if (answer.statusCode() / 100 != 2) {
      return Try.again("the store answered " + answer.statusCode() + " to a completion");
    }
    return UploadXml.error(answer.body())
        .map(code -> Try.<Boolean>again("the store answered " + code + " to a completion"))
        .orElseGet(() -> Try.ended(true));
  }

  /** Drops what has arrived, as well as that can be done; never fails for the store's sake. */
  void abort() throws IOException, InterruptedException {
    Optional<PartsKept> kept = KeptUploads.read(record);
    if (kept.isEmpty()) {
      return;
    }
    UploadStep step = new UploadStep.Abort(kept.get().upload());
    Optional<URI> url = tries.urlOnce(run, want(kept.get().relative(), step));
    if (url.isPresent()) {
      try {
        say(HttpRequest.newBuilder(url.get()).DELETE().build(), rules.stall());
      } catch (IOException e) {
        // The coordinator drops what is left when the attempt has ended.
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    }
    Files.deleteIfExists(record);
  }
}
