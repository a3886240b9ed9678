package dev.millrace.runtime.unit;

import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.BundleRef;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.run.RunChannel.UrlAnswer;
import dev.millrace.schema.run.RunChannel.Want;
import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** Moves bytes by URLs that the coordinator issues: streamed, tried again, never in memory. */
final class Transfer {
  private static final Duration ANSWER = Duration.ofMinutes(10);

  private final HttpClient client;
  private final RunChannel channel;
  private final Backoff backoff;

  Transfer(HttpClient client, RunChannel channel, Backoff backoff) {
    this.client = client;
    this.channel = channel;
    this.backoff = backoff;
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

  /** One try's answer: an end, or a reason to try again. */
  private record Try(Optional<Moved> end, String reason) {
    static Try again(String reason) {
      return new Try(Optional.empty(), reason);
    }

    static Try ended(Moved moved) {
      return new Try(Optional.of(moved), "");
    }
  }

  private interface Exchange {
    Try once(URI url) throws IOException, InterruptedException;
  }

  /** Fetches the very version of the input that the order names. */
  Moved fetchInput(RunRef run, InputRef input, Path target) throws InterruptedException, LeaseLost {
    return repeat(run, new Want.Input(), url -> fetch(url, target, Optional.of(input)));
  }

  /** Fetches the order's bundle, never more than it should have; the caller compares the digest. */
  Moved fetchBundle(RunRef run, BundleRef bundle, Path target)
      throws InterruptedException, LeaseLost {
    return repeat(run, new Want.Bundle(), url -> fetchSized(url, target, bundle.size()));
  }

  /** Fetches a file of the function; the caller compares the digest. */
  Moved fetchPart(RunRef run, String sha256, Path target) throws InterruptedException, LeaseLost {
    return repeat(run, new Want.FunctionPart(sha256), url -> fetch(url, target, Optional.empty()));
  }

  /** Writes an object under the run's prefix. */
  Moved put(RunRef run, String relative, Body body) throws InterruptedException, LeaseLost {
    return repeat(run, new Want.Output(relative), url -> upload(url, body));
  }

  /** Makes the same body for each try. */
  @FunctionalInterface
  interface Body {
    BodyPublisher publisher() throws IOException;
  }

  private Moved repeat(RunRef run, Want want, Exchange exchange)
      throws InterruptedException, LeaseLost {
    String reason = "";
    for (int failed = 0; failed < backoff.tries(); failed++) {
      if (failed > 0) {
        backoff.pause(failed);
      }
      try {
        Try answer = exchange.once(url(run, want));
        if (answer.end().isPresent()) {
          return answer.end().get();
        }
        reason = answer.reason();
      } catch (IOException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        reason = e.toString();
      }
    }
    return new Moved.Failed(what(want) + ": " + reason);
  }

  private static String what(Want want) {
    return switch (want) {
      case Want.Input() -> "the input was not fetched";
      case Want.Bundle() -> "the bundle was not fetched";
      case Want.FunctionPart(String sha256) -> "file " + sha256 + " was not fetched";
      case Want.Output(String relative) -> "'" + relative + "' was not uploaded";
    };
  }

  private URI url(RunRef run, Want want) throws IOException, LeaseLost {
    return switch (channel.url(run, want)) {
      case UrlAnswer.Granted(URI url) -> url;
      case UrlAnswer.Refused(String reason) ->
          throw new LeaseLost(LeaseKeeper.Standing.STALE, "no URL was issued: " + reason);
    };
  }

  private Try fetch(URI url, Path target, Optional<InputRef> input)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(url).timeout(ANSWER).GET().build();
    HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      int status = answer.statusCode();
      if (status == 404 || status == 410) {
        return Try.ended(new Moved.Gone());
      }
      if (status == 412) {
        return Try.ended(new Moved.Superseded());
      }
      if (status != 200) {
        return Try.again("the store answered " + status);
      }
      if (input.isPresent()) {
        Optional<Try> other = VersionCheck.of(input.get(), answer.headers()).map(Transfer::judge);
        if (other.isPresent()) {
          return other.get();
        }
      }
      return save(body, target, input);
    }
  }

  private Try fetchSized(URI url, Path target, long size) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(url).timeout(ANSWER).GET().build();
    HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      if (answer.statusCode() == 404 || answer.statusCode() == 410) {
        return Try.ended(new Moved.Gone());
      }
      if (answer.statusCode() != 200) {
        return Try.again("the store answered " + answer.statusCode());
      }
      OptionalLong told = answer.headers().firstValueAsLong("content-length");
      if (told.isPresent() && told.getAsLong() != size) {
        return Try.again("it has " + told.getAsLong() + " bytes, the order says " + size);
      }
      MessageDigest digest = Hex.sha256();
      long left = size;
      try (OutputStream out = Files.newOutputStream(target)) {
        byte[] chunk = new byte[1 << 16];
        int count = body.read(chunk);
        while (count >= 0 && count <= left) {
          out.write(chunk, 0, count);
          digest.update(chunk, 0, count);
          left -= count;
          count = body.read(chunk);
        }
        if (count >= 0) {
          return Try.again("it has more than the " + size + " bytes that the order says");
        }
      }
      return left > 0
          ? Try.again((size - left) + " of " + size + " bytes came")
          : Try.ended(new Moved.Done(Hex.of(digest.digest())));
    }
  }

  private static Try judge(VersionCheck.Fault fault) {
    return switch (fault) {
      case OTHER_VERSION -> Try.ended(new Moved.Superseded());
      case NOT_TOLD -> Try.ended(new Moved.Failed("the store did not tell the object's version"));
    };
  }

  private static Try save(InputStream body, Path target, Optional<InputRef> input)
      throws IOException {
    MessageDigest digest = Hex.sha256();
    long size;
    try (OutputStream out = Files.newOutputStream(target)) {
      size = new DigestInputStream(body, digest).transferTo(out);
    }
    if (input.isPresent() && input.get().size() != size) {
      return Try.again(size + " of " + input.get().size() + " bytes came");
    }
    return Try.ended(new Moved.Done(Hex.of(digest.digest())));
  }

  private Try upload(URI url, Body body) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(url).timeout(ANSWER).PUT(body.publisher()).build();
    HttpResponse<Void> answer = client.send(request, BodyHandlers.discarding());
    return answer.statusCode() / 100 == 2
        ? Try.ended(new Moved.Done(""))
        : Try.again("the store answered " + answer.statusCode());
  }
}
