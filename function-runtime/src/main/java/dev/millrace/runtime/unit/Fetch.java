package dev.millrace.runtime.unit;

import dev.millrace.runtime.unit.Transfer.Moved;
import dev.millrace.runtime.unit.Tries.Try;
import dev.millrace.schema.run.InputRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One object on its way to a file. When a connection breaks, the next one goes on where it was, by
 * a range of the very version that the first answer carried.
 */
final class Fetch {
  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,19})-\\d{1,19}/(\\d{1,19})");

  private final Watched client;
  private final Arrival arrival;
  private final Optional<InputRef> input;
  private final Duration stall;
  private Optional<String> eTag = Optional.empty();

  /**
   * @param input the version that is wanted; empty when the caller knows the content's digest
   */
  Fetch(Watched client, Arrival arrival, Optional<InputRef> input, Duration stall) {
    this.client = client;
    this.arrival = arrival;
    this.input = input;
    this.stall = stall;
  }

  Try<Moved> once(URI url) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(url).GET();
    if (eTag.isEmpty()) {
      arrival.startOver();
    } else if (arrival.size() > 0) {
      request.header("Range", "bytes=" + arrival.size() + "-").header("If-Match", eTag.get());
    }
    try {
      Optional<Try<Moved>> end =
          client.send(request.build(), this::judge, arrival::size, stall).body();
      return end.orElseGet(this::arrived);
    } finally {
      arrival.cut();
    }
  }

  /** By status and headers: a body that is not wanted is not written down. */
  private BodySubscriber<Optional<Try<Moved>>> judge(ResponseInfo answer) {
    Optional<Try<Moved>> end = refused(answer);
    if (end.isPresent()) {
      return BodySubscribers.replacing(end);
    }
    eTag = answer.headers().firstValue("etag").filter(tag -> !tag.startsWith("W/"));
    if (answer.statusCode() == 200) {
      try {
        arrival.startOver();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return BodySubscribers.mapping(arrival.more(), size -> Optional.empty());
  }

  private Optional<Try<Moved>> refused(ResponseInfo answer) {
    int status = answer.statusCode();
    if (status == 404 || status == 410) {
      return Optional.of(Try.ended(new Moved.Gone()));
    }
    if (status == 412) {
      return superseded();
    }
    if (status == 416) {
      eTag = Optional.empty();
    }
    if (status != 200 && status != 206) {
      return Optional.of(Try.again("the store answered " + status));
    }
    Optional<Try<Moved>> other =
        input.flatMap(wanted -> VersionCheck.of(wanted, answer.headers())).map(Fetch::fault);
    return other.isEmpty() && status == 206 && !goesOn(answer.headers())
        ? Optional.of(fromTheStart("the store answered with another range"))
        : other;
  }

  /** What the first answer carried is not there any more: an input that nobody wants so. */
  private Optional<Try<Moved>> superseded() {
    return Optional.of(
        input.isPresent()
            ? Try.ended(new Moved.Superseded())
            : fromTheStart("the object was written anew meanwhile"));
  }

  private Try<Moved> fromTheStart(String reason) {
    eTag = Optional.empty();
    return Try.again(reason);
  }

  private boolean goesOn(HttpHeaders headers) {
    Matcher range = RANGE.matcher(headers.firstValue("content-range").orElse(""));
    return range.matches()
        && Long.parseLong(range.group(1)) == arrival.size()
        && input.map(wanted -> wanted.size() == Long.parseLong(range.group(2))).orElse(true);
  }

  private static Try<Moved> fault(VersionCheck.Fault fault) {
    return switch (fault) {
      case OTHER_VERSION -> Try.ended(new Moved.Superseded());
      case NOT_TOLD -> Try.ended(new Moved.Failed("the store did not tell the object's version"));
    };
  }

  private Try<Moved> arrived() {
    if (input.isPresent() && input.get().size() != arrival.size()) {
      String came = arrival.size() + " of " + input.get().size() + " bytes came";
      return arrival.size() > input.get().size() ? fromTheStart(came) : Try.again(came);
    }
    return Try.ended(new Moved.Done(arrival.sha256()));
  }
}
