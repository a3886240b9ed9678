package dev.millrace.orch.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.id.ProviderId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProviderTokensTest {
  private static final ProviderId ONE = new ProviderId("gpu-1");
  private static final ProviderId TWO = new ProviderId("gpu-2");

  @TempDir Path folder;
  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  private ProviderTokens open() throws Exception {
    return ProviderTokens.open(folder.resolve("providers.json"));
  }

  @Test
  void knowsWhoHoldsATokenAfterARestartToo() throws Exception {
    String one = open().issue(ONE, false, random);
    String two = open().issue(TWO, true, random);

    ProviderTokens tokens = open();

    assertThat(tokens.holder(one)).contains(ONE);
    assertThat(tokens.holder(two)).contains(TWO);
    assertThat(tokens.byBuckets()).containsExactly(TWO);
    for (String bad : List.of("", "x", one + " ", one.substring(1), "\u0000")) {
      assertThat(tokens.holder(bad)).isEmpty();
    }
  }

  @Test
  void aFreshTokenEndsTheOneBeforeAndItsKey() throws Exception {
    ProviderTokens tokens = open();
    String first = tokens.issue(ONE, false, random);
    assertThat(tokens.boundKey(ONE)).isEmpty();
    assertThat(tokens.bind(ONE, "key")).isTrue();
    assertThat(tokens.boundKey(ONE)).contains("key");
    assertThat(tokens.boundKey(TWO)).isEmpty();

    String second = tokens.issue(ONE, false, random);

    assertThat(tokens.boundKey(ONE)).isEmpty();

    assertThat(tokens.holder(first)).isEmpty();
    assertThat(tokens.holder(second)).contains(ONE);
    assertThat(tokens.bind(ONE, "another key")).isTrue();
  }

  @Test
  void theFirstKeyIsBoundAndNoOther() throws Exception {
    ProviderTokens tokens = open();
    tokens.issue(ONE, false, random);

    assertThat(tokens.bind(ONE, "key")).isTrue();
    assertThat(tokens.bind(ONE, "key")).isTrue();
    assertThat(tokens.bind(ONE, "another")).isFalse();
    assertThat(open().bind(ONE, "another")).as("after a restart").isFalse();
    assertThat(tokens.bind(TWO, "key")).as("nobody gave it a token").isFalse();
  }

  @Test
  void keepsNoTokenAndShowsItsFileToNobody() throws Exception {
    String token = open().issue(ONE, false, random);
    Path file = folder.resolve("providers.json");

    assertThat(Files.readString(file)).contains("gpu-1").doesNotContain(token);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }
}
