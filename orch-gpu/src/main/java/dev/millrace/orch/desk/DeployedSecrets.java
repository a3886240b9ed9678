package dev.millrace.orch.desk;

import dev.millrace.fdl.FdlResult;
import dev.millrace.fdl.GivenSecret;
import dev.millrace.orch.secret.Carrier;
import dev.millrace.orch.secret.Vault;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.id.TenantId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

  /**
   * Keeps the values that the file holds, once it is clear that nothing else is missing.
   *
   * @return why the functions cannot be deployed
   */
  List<String> take(TenantId tenant, FdlResult result) throws IOException {
    Set<String> given = new HashSet<>();
    result.given().forEach(g -> given.add(g.name().value()));
    List<String> problems = new ArrayList<>();
    for (FunctionSpec spec : result.functions()) {
      List<String> others =
          spec.secrets().values().stream().distinct().filter(n -> !given.contains(n)).toList();
      withheld(tenant, spec, others, problems);
    }
    for (GivenSecret secret : problems.isEmpty() ? result.given() : List.<GivenSecret>of()) {
      keep(tenant, secret, problems);
    }
    if (problems.isEmpty()) {
      for (FunctionSpec spec : result.functions()) {
        withheld(tenant, spec, spec.secrets().values(), problems);
      }
    }
    return problems;
  }

  private void withheld(
      TenantId tenant, FunctionSpec spec, Collection<String> names, List<String> problems) {
    vault
        .withheld(tenant, names)
        .ifPresent(reason -> problems.add("error: " + spec.name() + ": " + reason));
  }

  private void keep(TenantId tenant, GivenSecret secret, List<String> problems) throws IOException {
    String about = "error: " + secret.function() + ": secret " + secret.name() + " is not kept: ";
    try {
      if (vault.give(tenant, secret.name(), secret.value())
          instanceof Vault.Change.Not(String why)) {
        problems.add(about + why);
      }
    } catch (IOException e) {
      problems.add(about + e.getMessage());
    }
  }
}
