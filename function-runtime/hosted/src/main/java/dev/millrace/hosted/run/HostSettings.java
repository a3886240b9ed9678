package dev.millrace.hosted.run;

import dev.millrace.hosted.store.OrderStore;
import dev.millrace.runtime.process.Allowed;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * All that a host is told, by its environment; secrets come in files.
 *
 * @param coordinator whom its runs ask
 * @param who the provider that it is
 * @param trusted the coordinator's pinned key
 * @param data folder for what is underway
 * @param allowed which functions it runs
 * @param limit how long the host lasts for a run; empty for as long as it must
 * @param runsMax runs at a time
 * @param orders where orders are read that it is told of; empty where they are posted themselves
 */
public record HostSettings(
    Coordinator coordinator,
    Who who,
    TrustedKeys trusted,
    Path data,
    Allowed allowed,
    Optional<Duration> limit,
    int runsMax,
    Optional<OrderStore.Access> orders) {
  private static final Duration LAMBDA_LIMIT = Duration.ofMinutes(14);

  /**
   * Whom runs ask, and with which token.
   *
   * @param key its own, X.509 form in base64
   */
  public record Coordinator(URI endpoint, String token, String key) {
    @Override
    public String toString() {
      return "Coordinator[" + endpoint + "]";
    }
  }

  /** A provider. */
  public record Who(ProviderId provider, PoolId pool, SigningKey key) {}

  /**
   * Reads the environment.
   *
   * @param environment a variable's value, null where it is not set
   * @throws IOException saying which variable is wrong, and what it should be
   */
  public static HostSettings read(Function<String, String> environment) throws IOException {
    return new Reading(environment).settings();
  }

  private record Reading(Function<String, String> environment) {
    HostSettings settings() throws IOException {
      return new HostSettings(
          new Coordinator(
              uri("MILLRACE_COORDINATOR"),
              Files.readString(file("MILLRACE_TOKEN_FILE")).strip(),
              needed("MILLRACE_COORDINATOR_KEY")),
          new Who(
              new ProviderId(needed("MILLRACE_PROVIDER")),
              new PoolId(or("MILLRACE_POOL", "local")),
              key(file("MILLRACE_PROVIDER_KEY_FILE"))),
          trusted(),
          Path.of(or("MILLRACE_DATA", "/tmp/millrace")).toAbsolutePath(),
          allowed(),
          limit(),
          runsMax(),
          orders());
    }

    private Optional<String> given(String name) {
      return Optional.ofNullable(environment.apply(name))
          .map(String::strip)
          .filter(s -> !s.isEmpty());
    }

    private String needed(String name) throws IOException {
      return given(name).orElseThrow(() -> new IOException(name + " is not set (docs/hosted.md)"));
    }

    private String or(String name, String other) {
      return given(name).orElse(other);
    }

    private Path file(String name) throws IOException {
      Path file = Path.of(needed(name));
      if (!Files.isReadable(file)) {
        throw new IOException(name + " names " + file + ", which cannot be read");
      }
      return file;
    }

    private URI uri(String name) throws IOException {
      return uri(name, needed(name));
    }

    private static URI uri(String name, String text) throws IOException {
      try {
        URI uri = URI.create(text);
        String scheme = String.valueOf(uri.getScheme());
        if ((scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null) {
          return uri;
        }
      } catch (IllegalArgumentException e) {
        throw new IOException(name + " is no URL: " + text, e);
      }
      throw new IOException(name + " should be http://HOST or https://HOST, not " + text);
    }

    private static SigningKey key(Path file) throws IOException {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() < 2) {
        throw new IOException(file + " is no key: private and public key in base64, a line each");
      }
      Base64.Decoder decoder = Base64.getDecoder();
      try {
        return SigningKey.of(decoder.decode(lines.get(0)), decoder.decode(lines.get(1)));
      } catch (IllegalArgumentException e) {
        throw new IOException(file + " is no key: " + e.getMessage(), e);
      }
    }

    private TrustedKeys trusted() throws IOException {
      String name = "MILLRACE_COORDINATOR_KEY";
      try {
        return TrustedKeys.of(Base64.getDecoder().decode(needed(name)));
      } catch (IllegalArgumentException e) {
        throw new IOException(name + " is no Ed25519 key in base64: " + e.getMessage(), e);
      }
    }

    private Allowed allowed() {
      String text = or("MILLRACE_PROCESS_ALLOW", "");
      if (text.equals("*")) {
        return new Allowed.Everything();
      }
      TenantId tenant = new TenantId(or("MILLRACE_TENANT", "main"));
      Set<FunctionRef> functions = new HashSet<>();
      for (String name : text.split(",", -1)) {
        if (!name.isBlank()) {
          functions.add(new FunctionRef(tenant, new FunctionName(name.strip())));
        }
      }
      return new Allowed.Only(functions);
    }

    /** In Lambda there is one whether it is named or not: 15 minutes end everything there. */
    private Optional<Duration> limit() throws IOException {
      Optional<String> text = given("MILLRACE_RUN_LIMIT");
      if (text.isEmpty()) {
        return given("AWS_LAMBDA_FUNCTION_NAME").map(name -> LAMBDA_LIMIT);
      }
      try {
        Duration limit = Duration.parse("PT" + text.get());
        if (limit.isPositive()) {
          return Optional.of(limit);
        }
      } catch (DateTimeException e) {
        throw new IOException("MILLRACE_RUN_LIMIT should be like 14m, not " + text.get(), e);
      }
      throw new IOException("MILLRACE_RUN_LIMIT must be more than 0, not " + text.get());
    }

    private int runsMax() throws IOException {
      String text = or("MILLRACE_RUNS_MAX", "1");
      try {
        int runs = Integer.parseInt(text);
        if (runs >= 1 && runs <= 1000) {
          return runs;
        }
      } catch (NumberFormatException e) {
        throw new IOException("MILLRACE_RUNS_MAX is no number: " + text, e);
      }
      throw new IOException("MILLRACE_RUNS_MAX must be 1 to 1000, not " + text);
    }

    private Optional<OrderStore.Access> orders() throws IOException {
      Optional<String> bucket = given("MILLRACE_ORDERS_BUCKET");
      if (bucket.isEmpty()) {
        return Optional.empty();
      }
      String region = or("AWS_REGION", "us-east-1");
      String endpoint = or("MILLRACE_ORDERS_ENDPOINT", "https://s3." + region + ".amazonaws.com");
      return Optional.of(
          new OrderStore.Access(
              uri("MILLRACE_ORDERS_ENDPOINT", endpoint),
              region,
              bucket.get(),
              new OrderStore.AccessKey(
                  needed("AWS_ACCESS_KEY_ID"),
                  needed("AWS_SECRET_ACCESS_KEY"),
                  or("AWS_SESSION_TOKEN", ""))));
    }
  }
}
