package dev.millrace.runtime.unit;

import dev.millrace.runtime.unit.Tries.Exhausted;
import dev.millrace.runtime.unit.Tries.Try;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.BundleRef;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.run.RunChannel.Want;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Moves bytes by URLs that the coordinator issues: streamed, tried again, never in memory. */
final class Transfer {
  private static final Duration SMALL_ANSWER = Duration.ofMinutes(2);

  private final HttpClient plain;
  private final PartsUpload.Means means;
  private final NearTransfer near;

  /** What moves bytes and what it goes by. */
  record Parts(HttpClient client, RunChannel channel, Backoff backoff, Ticker ticker) {}

  Transfer(Parts parts, TransferRules rules) {
    this.plain = parts.client();
    this.near = new NearTransfer(parts.channel().near());
    this.means =
        new PartsUpload.Means(
            new Watched(parts.client(), parts.ticker()),
            new Tries(parts.channel(), parts.backoff()),
            rules);
  }

  /** What became of a transfer. */
  sealed interface Moved {
    /** It is done; the SHA-256 in hex is of what was moved. */
    record Done(String sha256) implements Moved {}

    /** The object is there in another version. */
    record Superseded() implements Moved {}

    /** Nothing is there. */
    record Gone() implements Moved {}

    /** It did not succeed, however often it was tried. */
    record Failed(String reason) implements Moved {}
  }

  /** Fetches the very version of the input that the order names. */
  Moved fetchInput(RunRef run, InputRef input, Path target)
      throws IOException, InterruptedException, LeaseLost {
    // One call of the system: a FileStore would read the table of all mounts.
    long room = target.resolveSibling(".").toFile().getUsableSpace();
    if (room < input.size()) {
      return new Moved.Failed(
          "no room: the input needs " + input.size() + " bytes, the provider has " + room);
    }
    Optional<Moved> moved = near.fetch(run, input, target);
    return moved.isPresent()
        ? moved.get()
        : fetch(run, new Want.Input(), target, Optional.of(input));
  }

  /** Fetches the order's bundle, never more than it should have; the caller compares the digest. */
  Moved fetchBundle(RunRef run, BundleRef bundle, Path target)
      throws IOException, InterruptedException, LeaseLost {
    Want want = new Want.Bundle();
    try (Arrival arrival = new Arrival(target, bundle.size())) {
      Fetch fetch = new Fetch(means.client(), arrival, Optional.empty(), means.rules().stall());
      Moved moved = means.tries().repeat(run, want, arrival::size, fetch::once);
      return moved instanceof Moved.Done && arrival.size() < bundle.size()
          ? new Moved.Failed(
              "the bundle has " + arrival.size() + " bytes, the order says " + bundle.size())
          : moved;
    } catch (Exhausted e) {
      return new Moved.Failed(what(want) + ": " + e.reason());
    }
  }

  /** Fetches a file of the function; the caller compares the digest. */
  Moved fetchPart(RunRef run, String sha256, Path target)
      throws IOException, InterruptedException, LeaseLost {
    return fetch(run, new Want.FunctionPart(sha256), target, Optional.empty());
  }

  private Moved fetch(RunRef run, Want want, Path target, Optional<InputRef> input)
      throws IOException, InterruptedException, LeaseLost {
    try (Arrival arrival = new Arrival(target, Long.MAX_VALUE)) {
      Fetch fetch = new Fetch(means.client(), arrival, input, means.rules().stall());
      return means.tries().repeat(run, want, arrival::size, fetch::once);
    } catch (Exhausted e) {
      return new Moved.Failed(what(want) + ": " + e.reason());
    }
  }

  /** Writes a small object under the run's prefix. */
  Moved put(RunRef run, String relative, byte[] bytes) throws InterruptedException, LeaseLost {
    Optional<Moved> moved = near.put(run, relative, bytes);
    if (moved.isPresent()) {
      return moved.get();
    }
    Want want = new Want.Output(relative);
    try {
      return means.tries().repeat(run, want, url -> put(url, bytes));
    } catch (Exhausted e) {
      return new Moved.Failed(what(want) + ": " + e.reason());
    }
  }

  private Try<Moved> put(URI url, byte[] bytes) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(SMALL_ANSWER)
            .PUT(BodyPublishers.ofByteArray(bytes))
            .build();
    HttpResponse<Void> answer = plain.send(request, BodyHandlers.discarding());
    return answer.statusCode() / 100 == 2
        ? Try.ended(new Moved.Done(Hex.of(Hex.sha256(bytes))))
        : Try.again("the store answered " + answer.statusCode());
  }

  /**
   * Writes a file under the run's prefix; a large one in parts.
   *
   * @param record where it is kept how far an upload in parts is
   */
  Moved putFile(RunRef run, String relative, Path file, Path record)
      throws IOException, InterruptedException, LeaseLost {
    Optional<Moved> moved = near.putFile(run, relative, file);
    if (moved.isPresent()) {
      return moved.get();
    }
    PartsUpload parts = new PartsUpload(means, run, record);
    Want want = new Want.Output(relative);
    try {
      return Files.size(file) > means.rules().partsAbove()
          ? parts.upload(relative, file)
          : putWhole(run, want, file);
    } catch (Exhausted e) {
      parts.abort();
      return new Moved.Failed(what(want) + ": " + e.reason());
    }
  }

  private Moved putWhole(RunRef run, Want want, Path file)
      throws IOException, InterruptedException, LeaseLost, Exhausted {
    try (FileBody body = new FileBody(file, 0, Files.size(file), Hex.sha256())) {
      return means.tries().repeat(run, want, url -> putWhole(url, body));
    }
  }

  private Try<Moved> putWhole(URI url, FileBody body) throws IOException, InterruptedException {
    HttpResponse<Void> answer =
        means
            .client()
            .send(
                HttpRequest.newBuilder(url).PUT(body.publisher()).build(),
                BodyHandlers.discarding(),
                body::moved,
                means.rules().stall());
    return answer.statusCode() / 100 == 2 && body.whole()
        ? Try.ended(new Moved.Done(Hex.of(body.digest().digest())))
        : Try.again("the store answered " + answer.statusCode());
  }

  /** Drops what has arrived of an upload in parts that will not be gone on with. */
  void drop(RunRef run, Path record) throws IOException, InterruptedException {
    new PartsUpload(means, run, record).abort();
  }

  /** How outputs are to be moved. */
  TransferRules rules() {
    return means.rules();
  }

  private static String what(Want want) {
    return switch (want) {
      case Want.Input() -> "the input was not fetched";
      case Want.Bundle() -> "the bundle was not fetched";
      case Want.FunctionPart(String sha256) -> "file " + sha256 + " was not fetched";
      case Want.Output(String relative) -> "'" + relative + "' was not uploaded";
      case Want.OutputUpload(String relative, var step) -> "'" + relative + "' was not uploaded";
    };
  }
}
