package dev.millrace.runtime.channel;

import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.run.RunChannel;
import java.io.IOException;
import java.time.Duration;

/** The coordinator's side of {@link HttpRunChannel}, for whatever server it has. */
public final class RunChannelWire {
  /** How long an answer waits for something to tell. */
  static final Duration WAIT_MAX = Duration.ofSeconds(20);

  private RunChannelWire() {}

  /**
   * What to answer.
   *
   * @param status 200, 400 for a body of another shape, 404 for another path, 503 when the target
   *     could not answer
   * @param body JSON
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Answer(int status, byte[] body) {}

  /**
   * Decodes a request, asks the target and encodes its answer. Who asks must be known before.
   *
   * @param path for instance {@link Wire#CLAIM}
   * @param body of the POST
   */
  public static Answer serve(RunChannel target, String path, byte[] body) {
    Object request;
    try {
      request = decode(path, body);
    } catch (MalformedJson e) {
      return problem(400, String.valueOf(e.getMessage()));
    }
    try {
      return switch (request) {
        case Wire.ClaimRequest(var order, var run) -> ok(target.claim(order, run));
        case Wire.UrlRequest(var run, var want) -> ok(target.url(run, want));
        case Wire.RenewRequest(var run, var counter) ->
            ok(new Wire.RenewAnswer(target.renew(run, counter)));
        case Wire.SettleRequest(var run, var manifest) ->
            ok(new Wire.SettleAnswer(target.settle(run, manifest)));
        case Wire.FollowedRequest(var provider, var known, var patience) ->
            ok(target.followed(provider, known, shorter(patience)));
        case Wire.PrintedRequest(var run, var from, var text) ->
            ok(target.printed(run, from, text));
        default -> problem(404, "there is no " + path);
      };
    } catch (IOException e) {
      return problem(503, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return problem(503, "the coordinator closes");
    }
  }

  /** No more than a connection is held open for. */
  private static Duration shorter(Duration patience) {
    return patience.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : patience;
  }

  private static Object decode(String path, byte[] body) throws MalformedJson {
    return switch (path) {
      case Wire.CLAIM -> Json.read(body, Wire.ClaimRequest.class);
      case Wire.URL -> Json.read(body, Wire.UrlRequest.class);
      case Wire.RENEW -> Json.read(body, Wire.RenewRequest.class);
      case Wire.SETTLE -> Json.read(body, Wire.SettleRequest.class);
      case Wire.FOLLOWED -> Json.read(body, Wire.FollowedRequest.class);
      case Wire.PRINTED -> Json.read(body, Wire.PrintedRequest.class);
      default -> path;
    };
  }

  private static Answer ok(Object value) {
    return new Answer(200, Json.bytes(value));
  }

  private static Answer problem(int status, String message) {
    return new Answer(status, Json.bytes(new Wire.Problem(message)));
  }
}
