package dev.millrace.orch.config;

import dev.millrace.orch.retention.Rules;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.CdiName;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.StoreId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads {@code millrace.yaml}. */
public final class ConfigReader {
  /**
   * The slices bound what runs; fewer runs than slices would leave orders lying until they expire.
   */
  private static final int RUNS = 256;

  /** What a function's wrapper adds to the timeout when nobody watches it any more, and a spare. */
  private static final Duration STOP_GRACE_MIN = Duration.ofSeconds(10);

  private final Function<String, @Nullable String> environment;

  /**
   * Reads with these variables over the file.
   *
   * @param environment the value of a variable, null where it is not set
   */
  public ConfigReader(Function<String, @Nullable String> environment) {
    this.environment = environment;
  }

  /** What a file says; all defaults when there is none. */
  public MillraceConfig read(Path file) throws IOException {
    String text = Files.exists(file) ? NamedFile.text(file, NamedFile.PAGE) : "";
    Path parent = file.toAbsolutePath().getParent();
    return read(file.toString(), text, parent == null ? Path.of(".") : parent);
  }

  /**
   * What a text says.
   *
   * @param name as messages call it
   * @param base what relative paths in it are relative to
   */
  public MillraceConfig read(String name, String text, Path base) throws ConfigException {
    Section root = new Section(name, "", tree(name, text), environment);
    Section api = root.section("api");
    Section store = root.section("store");
    Section provider = root.section("provider");
    Section listing = root.section("listing");
    MillraceConfig config =
        new MillraceConfig(
            root.typed("tenant", "main", TenantId::new),
            new MillraceConfig.Listen(
                api.text("host", "127.0.0.1"), api.number("port", 7070, 0, 65_535)),
            new MillraceConfig.Listen(
                store.text("host", "127.0.0.1"), store.number("port", 9000, 0, 65_535)),
            store.text("region", "us-east-1"),
            StoreOptions.read(store, base),
            provider(provider),
            stores(root, base),
            listing.time("interval", Duration.ofSeconds(30)),
            patience(root.section("leases")),
            orders(root.section("orders")),
            postgres(root.section("journal"), base),
            logs(root.section("logs")),
            providers(root.section("providers")),
            storeElsewhere(store, base),
            retention(name, root.section("retention")));
    for (Section section : List.of(api, store, provider, listing, root)) {
      section.end();
    }
    return config;
  }

  private static Map<?, ?> tree(String name, String text) throws ConfigException {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(10);
    options.setCodePointLimit(1 << 20);
    try {
      Object root = new Yaml(new SafeConstructor(options)).load(text);
      if (root == null) {
        return Map.of();
      }
      if (root instanceof Map<?, ?> map) {
        return map;
      }
      throw new ConfigException(name + ": should be a map of keys");
    } catch (YAMLException e) {
      throw new ConfigException(name + ": " + String.valueOf(e.getMessage()).strip());
    }
  }

  private MillraceConfig.Provider provider(Section section) throws ConfigException {
    Section runners = section.section("runners");
    Section process = runners.section("process");
    List<MillraceConfig.SimulatedDevice> simulated = new ArrayList<>();
    for (Section device : section.sections("simulated")) {
      simulated.add(
          new MillraceConfig.SimulatedDevice(
              device.typed("kind", "gpu", k -> AcceleratorKind.valueOf(k.toUpperCase(Locale.ROOT))),
              device.text("model", "Simulated GPU"),
              new MemoryMib(device.bytes("memory", "16Gi") >> 20),
              device.number("count", 1, 1, 1024)));
      device.end();
    }
    MillraceConfig.Provider provider =
        new MillraceConfig.Provider(
            section.typed("name", "local", ProviderId::new),
            section.typed("pool", "local", PoolId::new),
            section.number("runs", RUNS, 1, 10_000),
            process.texts("allow"),
            process.bytes("output_max", "10Gi"),
            docker(runners.section("docker")),
            cdi(section),
            simulated);
    process.end();
    runners.end();
    return provider;
  }

  private MillraceConfig.Docker docker(Section section) throws ConfigException {
    String fromEnvironment = environment.apply("DOCKER_HOST");
    MillraceConfig.Docker docker =
        new MillraceConfig.Docker(
            section.typed(
                "enabled",
                "auto",
                text -> MillraceConfig.Enabled.valueOf(text.toUpperCase(Locale.ROOT))),
            section.typed(
                "host",
                fromEnvironment == null || fromEnvironment.isBlank()
                    ? "unix:///var/run/docker.sock"
                    : fromEnvironment,
                URI::create),
            section.has("user") ? section.typed("user", "", ConfigReader::user) : null,
            section.bytes("output_max", "10Gi"),
            section.bytes("tmp_max", "4Gi"),
            section.number("processes", 1024, 8, 1_000_000));
    section.text("user", "");
    section.end();
    return docker;
  }

  private static String user(String text) {
    if (!text.matches("[0-9]{1,9}:[0-9]{1,9}")) {
      throw new IllegalArgumentException(
          "'" + text + "' is no uid:gid in numbers, for instance '1000:1000'");
    }
    return text;
  }

  private static List<MillraceConfig.CdiDevice> cdi(Section provider) throws ConfigException {
    List<MillraceConfig.CdiDevice> devices = new ArrayList<>();
    for (Section device : provider.sections("cdi")) {
      devices.add(
          new MillraceConfig.CdiDevice(
              device.typed("kind", "gpu", k -> AcceleratorKind.valueOf(k.toUpperCase(Locale.ROOT))),
              device.text("model", "CDI device"),
              new MemoryMib(device.bytes("memory", "16Gi") >> 20),
              device.typed("name", "", CdiName::new)));
      device.end();
    }
    return devices;
  }

  private static List<MillraceConfig.RemoteStore> stores(Section root, Path base)
      throws ConfigException {
    List<MillraceConfig.RemoteStore> stores = new ArrayList<>();
    for (Map.Entry<String, Section> entry : root.named("stores").entrySet()) {
      Section section = entry.getValue();
      try {
        stores.add(
            new MillraceConfig.RemoteStore(
                new StoreId(entry.getKey()),
                section.typed("endpoint", "", URI::create),
                section.text("region", "us-east-1"),
                section.file("access_key_file", base),
                section.file("secret_key_file", base),
                section.has("webhook_token_file") ? section.file("webhook_token_file", base) : null,
                section.typed("events", "webhook", events -> listens(entry.getKey(), events))));
      } catch (IllegalArgumentException e) {
        throw new ConfigException("stores." + entry.getKey() + ": " + e.getMessage());
      }
      section.end();
    }
    return stores;
  }

  private static boolean listens(String store, String events) {
    return switch (events) {
      case "webhook" -> false;
      case "listen" -> {
        if (!store.startsWith("minio.")) {
          throw new IllegalArgumentException(
              "only a MinIO can be listened to, under a name like minio.default");
        }
        yield true;
      }
      default ->
          throw new IllegalArgumentException("is 'webhook' or 'listen', found: '" + events + "'");
    };
  }

  private static MillraceConfig.Providers providers(Section section) throws ConfigException {
    MillraceConfig.Providers providers =
        new MillraceConfig.Providers(
            section.time("away_after", Duration.ofSeconds(45)),
            section.time("introduce_every", Duration.ofSeconds(10)),
            section.time("mail_poll", Duration.ofSeconds(1)),
            section.flag("plain_secrets", false));
    section.end();
    if (providers.introduceEvery().multipliedBy(2).compareTo(providers.awayAfter()) > 0) {
      throw new ConfigException(
          "providers.away_after: "
              + providers.awayAfter().toMillis()
              + "ms is too short: a provider that introduces itself every "
              + providers.introduceEvery().toMillis()
              + "ms (providers.introduce_every) would be away between; give it twice that at least");
    }
    return providers;
  }

  private static MillraceConfig.@Nullable StoreElsewhere storeElsewhere(Section store, Path base)
      throws ConfigException {
    boolean events = store.flag("events", true);
    if (!store.has("endpoint")) {
      store.text("access_key_file", "");
      store.text("secret_key_file", "");
      return null;
    }
    return new MillraceConfig.StoreElsewhere(
        store.typed("endpoint", "", URI::create),
        store.file("access_key_file", base),
        store.file("secret_key_file", base),
        events);
  }

  private static MillraceConfig.Patience patience(Section section) throws ConfigException {
    MillraceConfig.Patience patience =
        new MillraceConfig.Patience(
            section.time("duration", Duration.ofSeconds(15)),
            section.time("claim_within", Duration.ofSeconds(60)),
            section.time("manifest_poll", Duration.ofSeconds(5)),
            stopGrace(section),
            section.number("losses", 10, 1, 1000));
    section.end();
    return patience;
  }

  private static Duration stopGrace(Section section) throws ConfigException {
    Duration grace = section.time("stop_grace", Duration.ofSeconds(30));
    if (grace.compareTo(STOP_GRACE_MIN) < 0) {
      throw new ConfigException(
          "leases.stop_grace: "
              + grace.toMillis()
              + "ms is too short: a function whose provider has died is stopped up to "
              + STOP_GRACE_MIN.toSeconds()
              + "s after its timeout, and until then its slice must not be given away");
    }
    return grace;
  }

  private static MillraceConfig.Intermediate orders(Section section) throws ConfigException {
    MillraceConfig.Intermediate orders =
        new MillraceConfig.Intermediate(
            section.text("bucket", "millrace-orders"),
            section.flag("stage", true),
            section.flag("announce", true),
            section.flag("events", true),
            section.time("poll", Duration.ofSeconds(5)));
    section.end();
    return orders;
  }

  private static MillraceConfig.@Nullable Postgres postgres(Section section, Path base)
      throws ConfigException {
    MillraceConfig.Postgres postgres =
        section.has("postgres")
            ? new MillraceConfig.Postgres(
                section.text("postgres", ""),
                section.text("user", "millrace"),
                section.file("password_file", base))
            : null;
    section.text("user", "");
    section.text("password_file", "");
    section.end();
    return postgres;
  }

  private static Rules retention(String file, Section section) throws ConfigException {
    String logs = section.text("logs", "never");
    String notices = section.text("notices", "never");
    String jobs = section.text("jobs", "never");
    section.end();
    try {
      return Rules.of(logs, notices, jobs);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(file + ": retention." + e.getMessage());
    }
  }

  private static long logs(Section section) throws ConfigException {
    long max = section.bytes("max", "1Mi");
    section.end();
    return max;
  }
}
