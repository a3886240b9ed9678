package dev.millrace.triggers.s3;

import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.triggers.embedded.signature.AccessKey;
import dev.millrace.triggers.embedded.signature.PercentEncoding;
import dev.millrace.triggers.embedded.signature.RequestSigner;
import dev.millrace.triggers.embedded.signature.SecretKey;
import dev.millrace.triggers.embedded.signature.SignedRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;

/**
 * HEAD requests by the SDK's HTTP client alone, with a signature of our own: there is one for each
 * notice, and the SDK's way from a request to its bytes takes several times as long as all the
 * rest. What is neither there nor plainly absent is the SDK's to ask again and to tell. A store
 * that does not answer in time is asked once; one that ends the connection is asked once more on a
 * new one, as it may have closed the old one while nobody used it.
 */
final class S3Looks implements AutoCloseable {
  private static final int CONNECTIONS_MAX = 256;

  /** Shorter than stores leave a connection open: one that they have closed fails its next look. */
  private static final Duration IDLE_MAX = Duration.ofSeconds(20);

  /** No connection is used twice. */
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private final URI endpoint;
  private final String authority;
  private final String path;
  private final RequestSigner signer;
  private final SdkHttpClient kept;
  private final SdkHttpClient fresh;

  /**
   * How long a look waits; what it asks for is small.
   *
   * @param connect for a connection
   * @param answer for the next bytes of an answer
   */
  record Times(Duration connect, Duration answer) {
    static final Times USUAL = new Times(Duration.ofSeconds(5), Duration.ofSeconds(10));
  }

  /** What a request told. */
  sealed interface Look {}

  /** It is there. */
  record Seen(ObjectHead head) implements Look {}

  /** Nothing is there. */
  record Absent() implements Look {}

  /** The request was refused, or its answer says too little. */
  record Unclear() implements Look {}

  /** No answer came. */
  record Silent(IOException cause) implements Look {}

  private S3Looks(URI endpoint, RequestSigner signer, Times times) {
    this.endpoint = endpoint;
    this.authority = authority(endpoint);
    this.path = endpoint.getRawPath().replaceAll("/+$", "") + "/";
    this.signer = signer;
    this.kept = client(times).connectionMaxIdleTime(IDLE_MAX).build();
    this.fresh = client(times).connectionMaxIdleTime(AT_ONCE).connectionTimeToLive(AT_ONCE).build();
  }

  private static Apache5HttpClient.Builder client(Times times) {
    return Apache5HttpClient.builder()
        .maxConnections(CONNECTIONS_MAX)
        .connectionTimeout(times.connect())
        .socketTimeout(times.answer());
  }

  /** Looks into a store whose buckets stand in the path of one address; empty for others. */
  static Optional<S3Looks> into(S3StoreSettings settings, InstantSource clock, Times times) {
    AccessKey key =
        new AccessKey(settings.keys().id(), new SecretKey(settings.keys().secret()), "");
    return settings
        .endpoint()
        .filter(endpoint -> settings.pathStyle() && endpoint.getHost() != null)
        .map(endpoint ->
            new S3Looks(endpoint, new RequestSigner(key, settings.region(), clock), times));
  }

  /** As the HTTP client names the host: a port that goes without saying is left out. */
  private static String authority(URI endpoint) {
    int usual = "https".equalsIgnoreCase(endpoint.getScheme()) ? 443 : 80;
    int port = endpoint.getPort();
    return endpoint.getHost() + (port < 0 || port == usual ? "" : ":" + port);
  }

  Look at(ObjectName name) {
    String target =
        path
            + PercentEncoding.encode(name.bucket())
            + "/"
            + PercentEncoding.encodePath(name.key().getBytes(StandardCharsets.UTF_8));
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.HEAD)
            .protocol(endpoint.getScheme())
            .host(endpoint.getHost())
            .encodedPath(target);
    if (endpoint.getPort() >= 0) {
      request.port(endpoint.getPort());
    }
    for (SignedRequest.Header header : signer.sign("HEAD", authority, target)) {
      request.putHeader(header.name(), header.value());
    }
    try {
      return read(name, sendTwice(request.build()));
    } catch (IOException e) {
      return new Silent(e);
    } catch (DateTimeException | NumberFormatException e) {
      return new Unclear();
    }
  }

  private SdkHttpResponse sendTwice(SdkHttpRequest request) throws IOException {
    try {
      return send(kept, request);
    } catch (IOException e) {
      if (!ended(e)) {
        throw e;
      }
      return send(fresh, request.toBuilder().putHeader("Connection", "close").build());
    }
  }

  /** Whether there was a connection and the other side ended it; not that it kept one waiting. */
  private static boolean ended(IOException failure) {
    return switch (failure) {
      case InterruptedIOException late -> false;
      case ConnectException nobody -> false;
      case NoRouteToHostException nowhere -> false;
      case UnknownHostException nameless -> false;
      case SSLException untrusted -> false;
      default -> !Thread.currentThread().isInterrupted();
    };
  }

  private static SdkHttpResponse send(SdkHttpClient http, SdkHttpRequest request)
      throws IOException {
    HttpExecuteResponse answer =
        http.prepareRequest(HttpExecuteRequest.builder().request(request).build()).call();
    if (answer.responseBody().isPresent()) {
      answer.responseBody().get().close();
    }
    return answer.httpResponse();
  }

  private static Look read(ObjectName name, SdkHttpResponse answer) {
    return switch (answer.statusCode()) {
      case OK -> S3Heads.of(name, answer).<Look>map(Seen::new).orElseGet(Unclear::new);
      case NOT_FOUND -> new Absent();
      default -> new Unclear();
    };
  }

  @Override
  public void close() {
    kept.close();
    fresh.close();
  }
}
