package dev.millrace.orch.desk;

import dev.millrace.fdl.FdlResult;
import dev.millrace.fdl.GivenSecret;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.StoredSecret;
import dev.millrace.orch.journal.Transition.Deploy;
import dev.millrace.orch.journal.Transition.KeepSecret;
import dev.millrace.orch.secret.Carrier;
import dev.millrace.orch.secret.Giving;
import dev.millrace.orch.secret.Vault;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.id.TenantId;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The secrets of functions that are being deployed.
 *
 * @param plainAllowed whether values may come over HTTP without TLS
 */
public record DeployedSecrets(Vault vault, boolean plainAllowed) {
  /** Why a file with values in it is not taken that came this way. */
  Optional<String> unsafe(FdlResult result, Carrier carrier) {
    if (result.given().isEmpty() || carrier.takes(plainAllowed)) {
      return Optional.empty();
    }
    List<String> names = result.given().stream().map(g -> g.name().value()).distinct().toList();
    return Optional.of(
        "error: the file has values of secrets ("
            + String.join(", ", names)
            + ") and came over HTTP without TLS, where others may have read them: give them other"
            + " values. Then deploy from the coordinator's own host or through a proxy with TLS; or"
            + " set them there with 'millrace secret set "
            + names.getFirst()
            + "' and leave them blank in the file; or say that the network is safe with"
            + " providers.plain_secrets in millrace.yaml");
  }

  /** Commits functions together with the values that came with them. */
  Commit commit(Deploy deploy) {
    return vault.commit(deploy);
  }

  /**
   * What becomes of the values that a file holds.
   *
   * @param problems why its functions cannot be deployed
   * @param steps that keep them, not committed yet
   * @param warnings of values that the file and a command do not agree on
   */
  record Taken(List<String> problems, List<KeepSecret> steps, List<String> warnings) {}

  /** Looks at the values that the file holds, and keeps nothing yet. */
  Taken take(TenantId tenant, FdlResult result) {
    Taken taken = new Taken(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (GivenSecret secret : result.given()) {
      take(tenant, secret, taken);
    }
    many(tenant, taken).ifPresent(taken.problems()::add);
    if (taken.problems().isEmpty()) {
      List<StoredSecret> coming = taken.steps().stream().map(s -> s.secret().about()).toList();
      for (FunctionSpec spec : result.functions()) {
        vault
            .withheld(tenant, spec.secrets().values(), coming)
            .ifPresent(reason -> taken.problems().add("error: " + spec.name() + ": " + reason));
      }
    }
    return taken;
  }

  /** So many that the journal would keep none of it. */
  private Optional<String> many(TenantId tenant, Taken taken) {
    long fresh = taken.steps().stream().filter(step -> step.replaces().isEmpty()).count();
    return vault.list(tenant).size() + fresh <= KeepSecret.MAX
        ? Optional.empty()
        : Optional.of(
            "error: with this file there would be more than "
                + KeepSecret.MAX
                + " secrets, and no more are kept: 'millrace secret remove' forgets one");
  }

  private void take(TenantId tenant, GivenSecret secret, Taken taken) {
    switch (giving(tenant, secret)) {
      case Giving.Same same -> {}
      case Giving.First(KeepSecret step) -> taken.steps().add(step);
      case Giving.Agreed(KeepSecret step) -> taken.steps().add(step);
      case Giving.Put(KeepSecret step, boolean byCommand, Instant setAt) -> {
        taken.steps().add(step);
        taken.warnings().add(byCommand ? replaced(secret, setAt) : renewed(secret));
      }
      case Giving.Rotated(Instant setAt) -> taken.warnings().add(stays(secret, setAt));
      case Giving.Not(String why) ->
          taken.problems().add("error: " + about(secret) + " is not kept: " + why);
    }
  }

  private Giving giving(TenantId tenant, GivenSecret secret) {
    try {
      return vault.giving(tenant, secret.name(), secret.value());
    } catch (IOException e) {
      return new Giving.Not(String.valueOf(e.getMessage()));
    }
  }

  private static String about(GivenSecret secret) {
    return secret.function() + ": secret " + secret.name();
  }

  private static String replaced(GivenSecret secret, Instant setAt) {
    return about(secret)
        + " has the file's value from now on, in place of the one that was set by command on "
        + second(setAt);
  }

  private static String renewed(GivenSecret secret) {
    return about(secret) + " has the file's new value from now on";
  }

  private static String stays(GivenSecret secret, Instant setAt) {
    return about(secret)
        + " keeps the value that was set by command on "
        + second(setAt)
        + ": the file still says what it said before. Leave it blank there, or write the new value";
  }

  private static String second(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
