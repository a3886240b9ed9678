package dev.millrace.runtime.container;

import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.api.model.Version;
import com.github.dockerjava.api.model.VersionComponent;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Finds out what answers on a socket, and agrees with it on a version of the API. */
final class EngineProbe {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Docker 20.10, the oldest that is tested. */
  private static final ApiVersion OLDEST = new ApiVersion(1, 41);

  /** The newest whose answers the client library knows. */
  private static final ApiVersion NEWEST = new ApiVersion(1, 44);

  private EngineProbe() {}

  static Opened open(URI host) throws InterruptedException {
    if (!"unix".equals(host.getScheme()) || host.getPath() == null) {
      return unusable(
          host,
          "is no unix socket; runs mount folders of this host, so the engine must be on it: set"
              + " provider.runners.docker.host to unix:///var/run/docker.sock or the like");
    }
    Path socket = Path.of(host.getPath());
    if (!Files.exists(socket)) {
      return unusable(
          host,
          "is not there: install Docker Engine 20.10 or later and start it, or set"
              + " provider.runners.docker.host (or DOCKER_HOST) to its socket");
    }
    try (Connection connection = Connection.to(host, null, PATIENCE)) {
      return judge(
          host,
          connection.call(client -> client.versionCmd().exec()),
          connection.call(client -> client.infoCmd().exec()));
    } catch (EngineException e) {
      return unusable(
          host,
          Files.isWritable(socket)
              ? "does not answer as a Docker Engine: " + e.getMessage() + ": is dockerd running?"
              : "may not be used by this user: add the user to the socket's group (usually docker)"
                  + " and log in again");
    } catch (IOException e) {
      return unusable(host, "could not be let go of: " + e.getMessage());
    }
  }

  private static Opened judge(URI host, Version version, Info info) {
    if (podman(version)) {
      return unusable(
          host,
          "is podman's, which silently leaves out device requests and never tells out of memory:"
              + " use a Docker Engine");
    }
    ApiVersion most = ApiVersion.parse(version.getApiVersion());
    if (most.compareTo(OLDEST) < 0) {
      return unusable(
          host,
          "speaks API "
              + most
              + " (engine "
              + version.getVersion()
              + "), "
              + OLDEST
              + " is needed: update to Docker Engine 20.10 or later");
    }
    if (!"linux".equals(info.getOsType())) {
      return unusable(host, "runs " + info.getOsType() + " containers: switch it to linux");
    }
    ApiVersion least = ApiVersion.parse(version.getMinAPIVersion());
    ApiVersion spoken = ApiVersion.least(most, NEWEST);
    spoken = spoken.compareTo(least) < 0 ? least : spoken;
    return new Opened.Ready(new Engine(host, facts(version, info, spoken)));
  }

  private static boolean podman(Version version) {
    List<VersionComponent> components =
        Objects.requireNonNullElse(version.getComponents(), List.of());
    return components.stream()
        .anyMatch(each -> String.valueOf(each.getName()).startsWith("Podman"));
  }

  private static EngineFacts facts(Version version, Info info, ApiVersion spoken) {
    Map<String, Object> raw = info.getRawValues();
    List<String> security = Objects.requireNonNullElse(info.getSecurityOptions(), List.of());
    boolean rootless = security.stream().anyMatch(each -> each.startsWith("name=rootless"));
    return new EngineFacts(
        Objects.requireNonNullElse(version.getVersion(), "unknown"),
        spoken.toString(),
        raw.get("CDISpecDirs") instanceof List<?> folders && !folders.isEmpty(),
        cdiDevices(raw.get("DiscoveredDevices")),
        rootless,
        rootless || security.stream().anyMatch(each -> each.startsWith("name=userns")));
  }

  private static List<String> cdiDevices(@org.jspecify.annotations.Nullable Object found) {
    List<String> names = new ArrayList<>();
    if (found instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> device && "cdi".equals(device.get("Source"))) {
          names.add(String.valueOf(device.get("ID")));
        }
      }
    }
    return names;
  }

  private static Opened unusable(URI host, String reason) {
    return new Opened.Unusable("the Docker Engine's socket " + host + " " + reason);
  }
}
