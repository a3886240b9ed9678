package dev.millrace.orch.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Transition.Deploy;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.Transition.DropSecret;
import dev.millrace.orch.journal.Transition.KeepSecret;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.id.TenantId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a journal promises of secrets. */
interface SecretContract extends JournalUnderTest {
  TenantId ONE = new TenantId("one");
  TenantId OTHER = new TenantId("other");
  Instant AT = Instant.parse("2026-10-01T00:00:00Z");

  private static SealedSecret sealed(TenantId tenant, String name, String text) {
    return new SealedSecret(
        new StoredSecret(tenant, new SecretName(name), "k1", text.length(), AT, AT), text);
  }

  private boolean keep(SealedSecret secret, String replaces) {
    return journal().commit(new KeepSecret(secret, replaces)) instanceof Commit.Committed;
  }

  @Test
  default void aSecretIsKeptByTenantAndName() {
    assertThat(keep(sealed(ONE, "b", "1"), "")).isTrue();
    assertThat(keep(sealed(OTHER, "b", "2"), "")).isTrue();
    assertThat(keep(sealed(ONE, "B", "3"), "")).isTrue();

    assertThat(journal().secrets())
        .extracting(s -> s.tenant() + "/" + s.name())
        .containsExactly("one/B", "one/b", "other/b");
    assertThat(journal().secret(ONE, new SecretName("b"))).contains(sealed(ONE, "b", "1"));
    assertThat(journal().secret(OTHER, new SecretName("B"))).isEmpty();
  }

  @Test
  default void aSecretIsReplacedByWhoKnowsWhatIsThere() {
    keep(sealed(ONE, "a", "1"), "");
    Instant later = AT.plusSeconds(5);
    SealedSecret next =
        new SealedSecret(
            new StoredSecret(ONE, new SecretName("a"), "k2", 9, later, later), "x".repeat(90_000));

    assertThat(keep(sealed(ONE, "a", "2"), "")).isFalse();
    assertThat(keep(sealed(ONE, "a", "2"), "0")).isFalse();
    assertThat(keep(sealed(ONE, "new", "2"), "0")).isFalse();
    assertThat(keep(next, "1")).isTrue();
    SealedSecret kept = journal().secret(ONE, new SecretName("a")).orElseThrow();
    assertThat(kept.sealed()).isEqualTo(next.sealed());
    assertThat(kept.about())
        .isEqualTo(new StoredSecret(ONE, new SecretName("a"), "k2", 9, AT, later));
  }

  @Test
  default void aSecretIsForgottenOnce() {
    keep(sealed(ONE, "a", "1"), "");
    keep(sealed(OTHER, "a", "1"), "");
    DropSecret drop = new DropSecret(ONE, new SecretName("a"));

    assertThat(journal().commit(drop)).isInstanceOf(Commit.Committed.class);
    assertThat(journal().commit(drop)).isInstanceOf(Commit.Conflict.class);
    assertThat(journal().secrets()).extracting(StoredSecret::tenant).containsExactly(OTHER);
  }

  @Test
  default void functionsAndSecretsOfOneDeployAreKeptTogetherOrNotAtAll() {
    DeployFunction function = new DeployFunction(Story.function(Story.RESIZE, 1), List.of());
    KeepSecret one = new KeepSecret(sealed(ONE, "a", "1"), "");
    KeepSecret stale = new KeepSecret(sealed(ONE, "b", "2"), "0");
    Deploy refused = new Deploy(0, List.of(function), List.of(one, stale));
    DeployFunction late = new DeployFunction(Story.function(Story.RESIZE, 3), List.of());
    Deploy behind = new Deploy(0, List.of(function, late), List.of(one));

    assertThat(journal().commit(refused)).isInstanceOf(Commit.Conflict.class);
    assertThat(journal().commit(behind)).isInstanceOf(Commit.Conflict.class);
    assertThat(journal().secrets()).isEmpty();
    assertThat(journal().newestRevision(Story.RESIZE)).isZero();

    Deploy whole = new Deploy(journal().deploys(), List.of(function), List.of(one));
    assertThat(journal().commit(whole)).isInstanceOf(Commit.Committed.class);
    assertThat(journal().secrets()).hasSize(1);
    assertThat(journal().newestRevision(Story.RESIZE)).isEqualTo(1);
  }

  /** The two may be a loop together, whichever tenants and functions they are of. */
  @Test
  default void functionsAreNotDeployedBesideWhatTheyWereNotHeldAgainst() {
    FunctionRef blur = new FunctionRef(OTHER, new FunctionName("blur"));
    long before = journal().deploys();
    DeployFunction first = new DeployFunction(Story.function(Story.RESIZE, 1), List.of());
    DeployFunction second = new DeployFunction(Story.function(blur, 1), List.of());
    Deploy overtaken = new Deploy(before, List.of(second), List.of());
    assertThat(journal().commit(new Deploy(before, List.of(first), List.of())))
        .isInstanceOf(Commit.Committed.class);

    assertThat(story().refused(overtaken)).contains("another deploy came between");
    assertThat(journal().newestRevision(blur)).isZero();
    story().done(new Deploy(journal().deploys(), List.of(second), List.of()));
  }

  @Test
  default void aTenantHasNoMoreSecretsThanAreAllowed() {
    for (int i = 0; i < KeepSecret.MAX; i++) {
      assertThat(keep(sealed(ONE, "s" + i, "1"), "")).isTrue();
    }

    assertThat(keep(sealed(ONE, "more", "1"), "")).isFalse();
    assertThat(keep(sealed(ONE, "s0", "2"), "1")).isTrue();
    assertThat(keep(sealed(OTHER, "more", "1"), "")).isTrue();
  }
}
