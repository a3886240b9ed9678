package dev.millrace.runtime.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A client on an engine's socket, with one way in which every call fails. */
final class Connection implements AutoCloseable {
  private static final int CONNECTIONS_MAX = 4096;
  private static final int TRIES = 2;

  private final DockerClient client;

  /** A call of the library. */
  @FunctionalInterface
  interface Call<T> {
    T on(DockerClient client) throws IOException, InterruptedException;
  }

  /** A call that answers nothing. */
  @FunctionalInterface
  interface Act {
    void on(DockerClient client) throws IOException, InterruptedException;
  }

  private Connection(DockerClient client) {
    this.client = client;
  }

  /**
   * Nothing is sent before the first call.
   *
   * @param api for instance {@code 1.41}; null leaves it to the engine
   * @param patience with an answer; null for ever
   */
  static Connection to(URI host, @Nullable String api, @Nullable Duration patience) {
    DockerClientConfig config =
        DefaultDockerClientConfig.createDefaultConfigBuilder()
            .withDockerHost(host.toString())
            .withDockerTlsVerify(false)
            .withApiVersion(
                api == null ? RemoteApiVersion.UNKNOWN_VERSION : RemoteApiVersion.parseConfig(api))
            .build();
    ZerodepDockerHttpClient.Builder http =
        new ZerodepDockerHttpClient.Builder()
            .dockerHost(host)
            .maxConnections(CONNECTIONS_MAX)
            .connectionTimeout(Duration.ofSeconds(10));
    if (patience != null) {
      http.responseTimeout(patience);
    }
    return new Connection(DockerClientImpl.getInstance(config, http.build()));
  }

  /** A call that may be made twice: after an engine's restart the first connection is dead. */
  <T> T call(Call<T> call) throws EngineException, InterruptedException {
    for (int left = TRIES - 1; ; left--) {
      try {
        return once(call);
      } catch (EngineException e) {
        if (left == 0 || e.kind() != EngineException.Kind.UNREACHABLE) {
          throw e;
        }
      }
    }
  }

  /** As {@link #call}, without an answer. */
  void act(Act act) throws EngineException, InterruptedException {
    call(client -> {
      act.on(client);
      return true;
    });
  }

  /** A call that must not be made twice. */
  <T> T once(Call<T> call) throws EngineException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    try {
      return call.on(client);
    } catch (IOException | RuntimeException e) {
      // The library wraps whatever befalls a connection in a RuntimeException of no own kind.
      if (Thread.interrupted() || interrupted(e)) {
        throw new InterruptedException();
      }
      throw EngineErrors.sorted(e);
    }
  }

  private static boolean interrupted(Exception failure) {
    return failure instanceof DockerClientException
        && failure.getCause() instanceof InterruptedException;
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
