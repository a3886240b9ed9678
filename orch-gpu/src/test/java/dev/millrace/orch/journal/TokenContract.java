package dev.millrace.orch.journal;

import static dev.millrace.orch.journal.Story.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Transition.DropToken;
import dev.millrace.orch.journal.Transition.KeepToken;
import dev.millrace.schema.id.TenantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a journal promises of tokens. */
interface TokenContract extends JournalUnderTest {
  TenantId SOME = new TenantId("some");

  private static ApiToken token(String id, @Nullable Instant expiresAt) {
    return new ApiToken(SOME, id, "name of " + id, "VIEWER", "digest of " + id, T0, expiresAt);
  }

  private void keep(ApiToken token) {
    story().done(new KeepToken(token, 9, T0));
  }

  @Test
  default void keepsTokensAndForgetsThoseThatAreRevoked() {
    ApiToken first = token("a", null);
    ApiToken second = token("b", T0.plusSeconds(60));
    keep(first);
    keep(second);
    assertThat(journal().tokens()).containsExactly(first, second);

    assertThat(story().refused(new DropToken(new TenantId("other"), "a"))).contains("no token a");
    story().done(new DropToken(SOME, "a"));

    assertThat(story().refused(new DropToken(SOME, "a"))).contains("no token a");
    assertThat(journal().tokens()).containsExactly(second);
  }

  /** A coordinator that was broken off while it took a file over begins anew. */
  @Test
  default void aRevokedTokenDoesNotComeBack() {
    ApiToken token = token("a", null);
    keep(token);
    keep(token);
    assertThat(journal().tokens()).containsExactly(token);
    story().done(new DropToken(SOME, "a"));

    keep(token);

    assertThat(journal().tokens()).isEmpty();
  }

  @Test
  default void keepsSoManyAndThrowsOutThoseThatHaveExpired() {
    ApiToken short1 = token("a", T0.plusSeconds(60));
    ApiToken long1 = token("b", null);
    ApiToken third = token("c", null);
    story().done(new KeepToken(short1, 2, T0));
    story().done(new KeepToken(long1, 2, T0));

    assertThat(story().refused(new KeepToken(third, 2, T0.plusSeconds(59)))).contains("2 tokens");
    story().done(new KeepToken(third, 2, T0.plusSeconds(60)));

    assertThat(journal().tokens()).containsExactly(long1, third);
  }
}
