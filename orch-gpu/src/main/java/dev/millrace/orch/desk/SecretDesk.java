package dev.millrace.orch.desk;

import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.journal.StoredSecret;
import dev.millrace.orch.secret.Carrier;
import dev.millrace.orch.secret.Vault;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.id.TenantId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Secrets as their owners see them: they come in, and their values never go out here. */
public final class SecretDesk {
  private final Vault vault;
  private final Catalog catalog;
  private final Runnable changed;
  private final boolean plainAllowed;

  /**
   * @param changed rung when jobs may go on that waited for a secret
   * @param plainAllowed whether secrets may come over HTTP without TLS
   */
  public SecretDesk(Vault vault, Catalog catalog, Runnable changed, boolean plainAllowed) {
    this.plainAllowed = plainAllowed;
    this.vault = vault;
    this.catalog = catalog;
    this.changed = changed;
  }

  /**
   * A secret.
   *
   * @param functions that want it
   */
  public record Row(StoredSecret secret, List<FunctionName> functions) {
    public Row {
      functions = List.copyOf(functions);
    }
  }

  /** What became of a removal. */
  public sealed interface Removal {
    /** It is gone. */
    record Removed() implements Removal {}

    /** There is none of this name. */
    record NotFound() implements Removal {}

    /** It stays, since these functions want it. */
    record Wanted(List<FunctionName> functions) implements Removal {}
  }

  /** Whether a value is taken that came this way. */
  public boolean takes(Carrier carrier) {
    return carrier.takes(plainAllowed);
  }

  /** Those of a tenant, by name. */
  public List<Row> list(TenantId tenant) {
    List<Row> rows = new ArrayList<>();
    for (StoredSecret secret : vault.list(tenant)) {
      rows.add(new Row(secret, functions(tenant, secret.name())));
    }
    return rows;
  }

  /** The names of those that are set. */
  public Set<String> names(TenantId tenant) {
    return vault.list(tenant).stream().map(s -> s.name().value()).collect(Collectors.toSet());
  }

  private List<FunctionName> functions(TenantId tenant, SecretName name) {
    catalog.refresh();
    return catalog.functions().stream()
        .filter(f -> f.ref().tenant().equals(tenant))
        .filter(f -> f.spec().secrets().containsValue(name.value()))
        .map(DeployedFunction::ref)
        .map(ref -> ref.name())
        .toList();
  }

  /**
   * Keeps a value, in place of the one that is there; runs that are underway keep theirs.
   *
   * @throws IOException when the key file does not do
   */
  public Vault.Change set(TenantId tenant, SecretName name, String value) throws IOException {
    Vault.Change change = vault.set(tenant, name, value);
    changed.run();
    return change;
  }

  /**
   * Forgets one.
   *
   * @param force though functions want it, whose jobs wait then
   */
  public Removal remove(TenantId tenant, SecretName name, boolean force) {
    List<FunctionName> wanted = functions(tenant, name);
    if (!force
        && !wanted.isEmpty()
        && vault.list(tenant).stream().anyMatch(s -> s.name().equals(name))) {
      return new Removal.Wanted(wanted);
    }
    return vault.remove(tenant, name) ? new Removal.Removed() : new Removal.NotFound();
  }

  /**
   * Seals the secrets of all tenants under a fresh key.
   *
   * @return how many
   */
  public int rekey() throws IOException {
    return vault.rekey();
  }
}
