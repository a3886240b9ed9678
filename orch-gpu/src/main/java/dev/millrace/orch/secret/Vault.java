package dev.millrace.orch.secret;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.SealedSecret;
import dev.millrace.orch.journal.StoredSecret;
import dev.millrace.orch.journal.Transition.Deploy;
import dev.millrace.orch.journal.Transition.DropSecret;
import dev.millrace.orch.journal.Transition.KeepSecret;
import dev.millrace.orch.keys.SecretKeyFile;
import dev.millrace.orch.keys.SecretKeyFile.Key;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.id.TenantId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Secrets, in the journal sealed, in clear in nobody's hands for longer than a call. Without the
 * key file nothing opens, and nothing is sealed under another one in its place. Safe for many
 * threads.
 */
public final class Vault {
  private static final int ENVIRONMENT_MAX = 1 << 20;

  private final Journal journal;
  private final Recorder recorder;
  private final SecretKeyFile file;
  private final InstantSource clock;
  private final SecureRandom random;

  /** Sealed texts that did not open though their key is there: until set again they never will. */
  private final Set<String> broken = ConcurrentHashMap.newKeySet();

  public Vault(
      Journal journal,
      Recorder recorder,
      SecretKeyFile file,
      InstantSource clock,
      SecureRandom random) {
    this.journal = journal;
    this.recorder = recorder;
    this.file = file;
    this.clock = clock;
    this.random = random;
  }

  /** What became of a change. */
  public sealed interface Change {
    /** It is kept. */
    record Kept() implements Change {}

    /** It is not; the reason says what to do. */
    record Not(String reason) implements Change {}
  }

  /** What became of an opening. */
  public sealed interface Opening {
    /** In clear, by variable. */
    record Values(Map<String, String> byVariable) implements Opening {
      public Values {
        byVariable = Map.copyOf(byVariable);
      }

      @Override
      public String toString() {
        return "Values[" + byVariable.size() + "]";
      }
    }

    /** Not all of it can be had; the reason says what to do. */
    record Withheld(String reason) implements Opening {}
  }

  /** Keeps a value, in place of the one that is there. */
  public synchronized Change set(TenantId tenant, SecretName name, String value)
      throws IOException {
    Optional<String> refusal = SecretText.refusal(value);
    if (refusal.isPresent()) {
      return new Change.Not(refusal.get());
    }
    Key key = sealing();
    Optional<SealedSecret> before = journal.secret(tenant, name);
    Contents next = Contents.of(value, before.flatMap(b -> Contents.open(b, keysOrNone())));
    return changed(recorder.commit(step(key, tenant, name, next, before)));
  }

  /**
   * What a file's value comes to. A file that says what it said at its last deploy changes nothing:
   * deploying it again undoes no rotation. Nothing is kept before the step is committed.
   */
  public synchronized Giving giving(TenantId tenant, SecretName name, String value)
      throws IOException {
    Optional<String> refusal = SecretText.refusal(value);
    if (refusal.isPresent()) {
      return new Giving.Not(refusal.get());
    }
    Optional<SealedSecret> kept = journal.secret(tenant, name);
    Optional<Contents> before = kept.flatMap(k -> Contents.open(k, keysOrNone()));
    boolean same = before.filter(b -> b.value().equals(value)).isPresent();
    if (before.filter(b -> b.wasGiven(value)).isPresent()) {
      return same ? new Giving.Same() : new Giving.Rotated(kept.orElseThrow().about().setAt());
    }
    KeepSecret step = step(sealing(), tenant, name, Contents.ofFile(value), kept);
    if (kept.isEmpty()) {
      return new Giving.First(step);
    }
    boolean byCommand = before.filter(b -> !b.wasGiven(b.value())).isPresent();
    Instant setAt = kept.get().about().setAt();
    return same ? new Giving.Agreed(since(setAt, step)) : new Giving.Put(step, byCommand, setAt);
  }

  /** Commits steps of {@link #giving} with functions that want them, unless keys were changed. */
  public synchronized Commit commit(Deploy deploy) {
    List<String> keys = keysOrNone().stream().map(Key::id).toList();
    return deploy.secrets().stream().allMatch(s -> keys.contains(s.secret().about().keyId()))
        ? recorder.commit(deploy)
        : new Commit.Conflict("the key of secrets was changed");
  }

  private static KeepSecret since(Instant setAt, KeepSecret step) {
    StoredSecret about = step.secret().about();
    StoredSecret old =
        new StoredSecret(
            about.tenant(), about.name(), about.keyId(), about.bytes(), about.createdAt(), setAt);
    return new KeepSecret(new SealedSecret(old, step.secret().sealed()), step.replaces());
  }

  private KeepSecret step(
      Key key, TenantId tenant, SecretName name, Contents next, Optional<SealedSecret> before) {
    Instant now = clock.instant();
    StoredSecret about =
        new StoredSecret(
            tenant,
            name,
            key.id(),
            next.value().getBytes(StandardCharsets.UTF_8).length,
            before.map(b -> b.about().createdAt()).orElse(now),
            now);
    return new KeepSecret(
        new SealedSecret(about, next.seal(key, tenant, name, random)),
        before.map(SealedSecret::sealed).orElse(""));
  }

  private static Change changed(Commit commit) {
    return commit instanceof Commit.Conflict(String reason)
        ? new Change.Not(reason)
        : new Change.Kept();
  }

  /** What may be told of a tenant's secrets, by name. */
  public List<StoredSecret> list(TenantId tenant) {
    return journal.secrets().stream().filter(s -> s.tenant().equals(tenant)).toList();
  }

  /**
   * Forgets one.
   *
   * @return whether it was there
   */
  public boolean remove(TenantId tenant, SecretName name) {
    return recorder.commit(new DropSecret(tenant, name)) instanceof Commit.Committed;
  }

  /** Opens what a function wants, all or nothing. */
  public Opening open(TenantId tenant, Map<String, String> names) {
    Opening first = openOnce(tenant, names);
    // Keys may have been changed between the look at the file and that at the journal.
    return first instanceof Opening.Withheld ? openOnce(tenant, names) : first;
  }

  private Opening openOnce(TenantId tenant, Map<String, String> names) {
    Optional<String> withheld = withheld(tenant, names.values());
    if (withheld.isPresent()) {
      return new Opening.Withheld(withheld.get());
    }
    List<Key> keys = keysOrNone();
    Map<String, String> values = new HashMap<>();
    for (Map.Entry<String, String> wanted : names.entrySet()) {
      SecretName name = new SecretName(wanted.getValue());
      Optional<SealedSecret> kept = journal.secret(tenant, name);
      if (kept.isEmpty()) {
        return new Opening.Withheld(missing(Set.of(name.value())));
      }
      Optional<Contents> opened = Contents.open(kept.get(), keys);
      if (opened.isEmpty()) {
        if (keys.stream().anyMatch(key -> key.id().equals(kept.get().about().keyId()))) {
          broken.add(kept.get().sealed());
        }
        return new Opening.Withheld(doesNotOpen(name.value()));
      }
      values.put(wanted.getKey(), opened.get().value());
    }
    return new Opening.Values(values);
  }

  /** Why secrets of these names cannot all be opened, as far as can be told without opening. */
  public Optional<String> withheld(TenantId tenant, Collection<String> names) {
    return withheld(tenant, names, List.of());
  }

  /**
   * The same, as it will be.
   *
   * @param coming secrets that are about to be kept
   */
  public Optional<String> withheld(
      TenantId tenant, Collection<String> names, List<StoredSecret> coming) {
    if (names.isEmpty()) {
      return Optional.empty();
    }
    Map<String, StoredSecret> stored = new HashMap<>();
    list(tenant).forEach(s -> stored.put(s.name().value(), s));
    coming.forEach(s -> stored.put(s.name().value(), s));
    Set<String> missing = new TreeSet<>(names);
    missing.removeAll(stored.keySet());
    if (!missing.isEmpty()) {
      return Optional.of(missing(missing));
    }
    long bytes = 0;
    Set<String> keyIds = new TreeSet<>();
    for (String name : names) {
      StoredSecret secret = Objects.requireNonNull(stored.get(name));
      bytes += secret.bytes();
      keyIds.add(secret.keyId());
    }
    if (bytes > ENVIRONMENT_MAX) {
      return Optional.of(
          "its secrets have " + (bytes >> 10) + " KiB together, and an environment holds 1024");
    }
    List<String> there = new ArrayList<>(names);
    coming.forEach(s -> there.remove(s.name().value()));
    return unknown(file, keyIds).or(() -> broken(tenant, there));
  }

  private Optional<String> broken(TenantId tenant, Collection<String> names) {
    return broken.isEmpty()
        ? Optional.empty()
        : names.stream()
            .filter(name ->
                journal
                    .secret(tenant, new SecretName(name))
                    .filter(kept -> broken.contains(kept.sealed()))
                    .isPresent())
            .findFirst()
            .map(Vault::doesNotOpen);
  }

  private static String doesNotOpen(String name) {
    return "secret "
        + name
        + " does not open under the key that sealed it: set it again with 'millrace secret set "
        + name
        + "'";
  }

  private static String missing(Set<String> names) {
    String first = names.iterator().next();
    return names.size() == 1
        ? "secret " + first + " is not set: millrace secret set " + first
        : "secrets "
            + String.join(", ", names)
            + " are not set: 'millrace secret set NAME' sets one";
  }

  /** Why what is sealed under these keys does not all open with this file. */
  public static Optional<String> unknown(SecretKeyFile file, Set<String> keyIds) {
    try {
      Set<String> left = new TreeSet<>(keyIds);
      file.read().forEach(key -> left.remove(key.id()));
      return left.isEmpty()
          ? Optional.empty()
          : Optional.of(
              "the key file "
                  + file.path()
                  + " is another one than the secrets were sealed under (key "
                  + String.join(", ", left)
                  + "): "
                  + remedy());
    } catch (IOException e) {
      return Optional.of(e.getMessage() + ": " + remedy());
    }
  }

  private static String remedy() {
    return "put the right one back, or remove it and every secret, and set them again"
        + " (docs/operations.md)";
  }

  /** What is wrong with the key file, for whoever starts a coordinator; empty where all opens. */
  public Optional<String> trouble() {
    Set<String> keyIds = new TreeSet<>();
    journal.secrets().forEach(s -> keyIds.add(s.keyId()));
    return keyIds.isEmpty() && !file.exists() ? Optional.empty() : unknown(file, keyIds);
  }

  /**
   * Seals everything under a fresh key, and forgets the ones before. Broken off, it goes on when it
   * is asked for again; in between, everything opens.
   *
   * @return how many secrets were sealed again
   */
  public synchronized int rekey() throws IOException {
    Optional<String> trouble = trouble();
    if (trouble.isPresent()) {
      throw new IOException("nothing was changed: " + trouble.get());
    }
    List<Key> keys = new ArrayList<>(file.exists() ? file.read() : List.of());
    if (keys.size() < 2) {
      // With two or more a change broke off: it goes on to the key that it made.
      keys.addFirst(SecretKeyFile.fresh(random));
      file.write(keys);
    }
    int count = sealAll(keys);
    file.write(List.of(keys.getFirst()));
    // Another coordinator may have sealed under the old key until it read the file.
    return count + sealAll(keys);
  }

  private int sealAll(List<Key> keys) throws IOException {
    int count = 0;
    boolean more = true;
    while (more) {
      more = false;
      for (StoredSecret about : journal.secrets()) {
        if (!about.keyId().equals(keys.getFirst().id()) && again(about, keys)) {
          count++;
          more = true;
        }
      }
    }
    return count;
  }

  private boolean again(StoredSecret about, List<Key> keys) throws IOException {
    while (true) {
      Optional<SealedSecret> kept = journal.secret(about.tenant(), about.name());
      if (kept.isEmpty()) {
        return false;
      }
      Optional<Contents> opened = Contents.open(kept.get(), keys);
      if (opened.isEmpty()) {
        throw new IOException(
            "secret "
                + about.name()
                + " does not open: set it again or remove it, then ask for new keys once more");
      }
      Key key = keys.getFirst();
      StoredSecret old = kept.get().about();
      StoredSecret next =
          new StoredSecret(
              old.tenant(), old.name(), key.id(), old.bytes(), old.createdAt(), old.setAt());
      String sealed = opened.get().seal(key, old.tenant(), old.name(), random);
      if (recorder.commit(new KeepSecret(new SealedSecret(next, sealed), kept.get().sealed()))
          instanceof Commit.Committed) {
        return true;
      }
    }
  }

  private List<Key> keysOrNone() {
    try {
      return file.read();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The key that seals; made where nothing was ever sealed. */
  private Key sealing() throws IOException {
    Set<String> keyIds = new HashSet<>();
    journal.secrets().forEach(s -> keyIds.add(s.keyId()));
    if (keyIds.isEmpty() && !file.exists()) {
      file.write(List.of(SecretKeyFile.fresh(random)));
    }
    Optional<String> trouble = unknown(file, keyIds);
    if (trouble.isPresent()) {
      throw new IOException(trouble.get());
    }
    return file.read().getFirst();
  }
}
