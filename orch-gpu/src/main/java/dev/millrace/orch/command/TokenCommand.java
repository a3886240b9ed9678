package dev.millrace.orch.command;

import dev.millrace.fdl.Nearest;
import dev.millrace.orch.api.view.TokenAnswer;
import dev.millrace.orch.api.view.TokenRequest;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.Join;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lets providers in, and people. */
@Command(
    name = "token",
    description = {
      "Make the join file of a provider, or with --role a token for the API.",
      "Either is a secret, shown this once. A provider's join file that was made for this name"
          + " before is worth nothing from then on; API tokens are good until they expire or are"
          + " revoked."
    },
    synopsisSubcommandLabel = "[COMMAND]",
    footer = {
      "",
      "Roles: viewer reads; tenant deploys, uploads and cancels too; admin may everything.",
      "",
      "Examples:",
      "  millrace token gpu-1 --out gpu-1.join",
      "  millrace token dashboard --role viewer --expires 30d --out viewer.token",
      "  millrace jobs --token-file viewer.token"
    })
final class TokenCommand implements Callable<Integer> {
  private static final List<String> ROLES = List.of("viewer", "tenant", "admin");

  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "The provider's name; with --role, what the token is called.")
  String name = "";

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "Make an API token of this role: viewer, tenant or admin.")
  @Nullable String role;

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      converter = Validity.Converter.class,
      description = "How long it is good for, 30d or 12h for instance (default: for ever).")
  @Nullable Validity validity;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write it, for its owner alone (default: to the terminal).")
  @Nullable Path out;

  @Option(
      names = "--reach",
      paramLabel = "URL",
      description = "Where the provider reaches the coordinator (default: as this command does).")
  @Nullable URI reach;

  @Option(names = "--buckets", description = "For a provider that reaches nothing but the store.")
  boolean buckets;

  TokenCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    check();
    try (CoordinatorClient client = common.connect(setting)) {
      Path file = out;
      if (file == null) {
        tell(make(client), null);
        return Exit.OK;
      }
      try (SecretFile kept = SecretFile.make(setting.folder().resolve(file))) {
        Made made = make(client);
        kept.write(made.secret() + "\n");
        tell(made, file);
      }
      return Exit.OK;
    }
  }

  /**
   * What was made.
   *
   * @param secret as it is kept in a file
   * @param whole for programs
   * @param about for programs, where the secret is in a file
   * @param note for people, with what to do next; empty for nothing
   */
  private record Made(String secret, Object whole, Map<String, Object> about, String note) {}

  private void check() {
    String wanted = role;
    if (name.isEmpty()) {
      throw Mistake.usage("say a name, or 'list' or 'revoke': 'millrace token --help' shows how");
    }
    if (wanted == null) {
      provider();
      if (validity != null) {
        throw Mistake.usage("--expires goes with --role: a provider's token is for ever");
      }
      if (buckets && reach != null) {
        throw Mistake.usage("--reach and --buckets are two ways: give one of them");
      }
      return;
    }
    if (reach != null || buckets) {
      throw Mistake.usage("--reach and --buckets are for providers: leave them or --role away");
    }
    if (!ROLES.contains(wanted)) {
      throw Mistake.usage(
          "there is no role '"
              + wanted
              + "'"
              + Nearest.to(wanted, ROLES).map(n -> "; did you mean '" + n + "'?").orElse(".")
              + " Roles: "
              + String.join(", ", ROLES)
              + ". A provider needs no --role");
    }
  }

  private ProviderId provider() {
    try {
      return new ProviderId(name);
    } catch (IllegalArgumentException e) {
      throw Mistake.usage(String.valueOf(e.getMessage()));
    }
  }

  private Made make(CoordinatorClient client) throws IOException {
    String wanted = role;
    return wanted == null ? join(client) : issue(client, wanted);
  }

  private Made join(CoordinatorClient client) throws IOException {
    URI through = buckets ? null : reach == null ? client.endpoint() : reach;
    Join join = client.join(provider().value(), through);
    return new Made(Json.pretty(join), join, Map.of("provider", name), "");
  }

  private Made issue(CoordinatorClient client, String wanted) throws IOException {
    Validity good = validity;
    Instant expiresAt = good == null ? null : setting.clock().instant().plus(good.duration());
    TokenAnswer made = client.issueToken(new TokenRequest(name, wanted, expiresAt));
    return new Made(
        made.secret(),
        made,
        Map.of("token", made.token()),
        "a token of role "
            + wanted
            + (expiresAt == null ? ", for ever" : ", until " + Words.day(expiresAt))
            + "; this ends it:\n  millrace token revoke "
            + made.token().id());
  }

  /** The secret alone goes to the output, where no file takes it. */
  private void tell(Made made, @Nullable Path file) {
    if (file == null) {
      setting.terminal().line(common.json ? Json.pretty(made.whole()) : made.secret());
    } else if (common.json) {
      Map<String, Object> about = new LinkedHashMap<>(made.about());
      about.put("file", file.toString());
      common.json(setting, about);
    } else {
      common
          .terminal(setting)
          .line(
              "wrote "
                  + file
                  + (role == null ? ", for 'millrace provider --join'" : ", for --token-file"));
    }
    if (!made.note().isEmpty() && !common.json) {
      made.note().lines().forEach(setting.terminal()::tell);
    }
  }
}
