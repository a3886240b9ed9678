package dev.millrace.orch.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.fleet.CallProofs.Asked;
import dev.millrace.orch.fleet.CallProofs.Outcome;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.Call;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SigningKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CallProofsTest {
  private static final ProviderId ONE = new ProviderId("gpu-1");
  private static final ProviderId TWO = new ProviderId("gpu-2");
  private static final String CLAIM = "POST /v1/runs/claim";
  private static final byte[] BODY = "{\"run\":1}".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private final SigningKey key = SigningKey.generate();
  private ProviderTokens tokens;
  private CallProofs proofs;

  @BeforeEach
  void open() throws Exception {
    tokens = ProviderTokens.open(folder.resolve("providers.json"));
    for (ProviderId provider : List.of(ONE, TWO)) {
      tokens.issue(provider, false, new Random(1));
      tokens.bind(provider, Base64.getEncoder().encodeToString(key.publicKey()));
    }
    proofs = new CallProofs(tokens, new Random(2));
  }

  private static String line(SigningKey by, Call call) {
    return by.sign(Call.TYPE, Json.bytes(call)).line();
  }

  private static Call call(String challenge, long number) {
    return new Call(ONE, CLAIM, Hex.of(Hex.sha256(BODY)), challenge, number);
  }

  private Outcome check(String line) {
    return proofs.check(new Asked(ONE, CLAIM, BODY, line));
  }

  private Outcome check(String challenge, long number) {
    return check(line(key, call(challenge, number)));
  }

  @Test
  void aCallThatItsProviderSignedIsProvenOnce() {
    String challenge = proofs.challenge(ONE);
    String line = line(key, call(challenge, 0));

    assertThat(check(line)).isEqualTo(new Outcome.Proven());
    assertThat(check(line)).isInstanceOf(Outcome.Unproven.class);
  }

  @Test
  void aCallWithoutProofIsToldWhatToSign() {
    assertThat(check(""))
        .isInstanceOfSatisfying(
            Outcome.Unproven.class,
            unproven -> assertThat(check(unproven.challenge(), 9)).isEqualTo(new Outcome.Proven()));
  }

  @Test
  void anotherKeyProvesNothing() {
    String challenge = proofs.challenge(ONE);

    assertThat(check(line(SigningKey.generate(), call(challenge, 0))))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.reason()).contains("another signing key"));
    assertThat(check(challenge, 0)).isEqualTo(new Outcome.Proven());
  }

  @Test
  void aProofIsOfOneCallAlone() {
    String line = line(key, call(proofs.challenge(ONE), 0));
    byte[] other = "{\"run\":2}".getBytes(StandardCharsets.UTF_8);

    for (Asked asked :
        List.of(
            new Asked(ONE, CLAIM, other, line),
            new Asked(ONE, "POST /v1/runs/settle", BODY, line),
            new Asked(ONE, "GET /v1/runs/claim", BODY, line),
            new Asked(ONE, CLAIM + "?x", BODY, line),
            new Asked(TWO, CLAIM, BODY, line))) {
      assertThat(proofs.check(asked))
          .as("%s", asked)
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused -> assertThat(refused.reason()).contains("of another call"));
    }
    assertThat(check(line)).isEqualTo(new Outcome.Proven());
  }

  @Test
  void whatIsNoProofIsSaidToBeNone() {
    String good = line(key, call(proofs.challenge(ONE), 0));
    String receipt = key.sign("millrace.receipt.v1", Json.bytes(call("0-0", 0))).line();
    String list = key.sign(Call.TYPE, "[]".getBytes(StandardCharsets.UTF_8)).line();
    String huge =
        key.sign(
                Call.TYPE,
                Json.text(call("0-0", 5))
                    .replace("5}", Long.MAX_VALUE + "}")
                    .getBytes(StandardCharsets.UTF_8))
            .line();
    String negative =
        key.sign(
                Call.TYPE,
                Json.text(call("0-0", 5)).replace("5}", "-5}").getBytes(StandardCharsets.UTF_8))
            .line();

    for (String line :
        List.of("x", "a b c d", good + "x", good.toUpperCase(), receipt, list, negative, huge)) {
      assertThat(check(line)).as(line).isInstanceOf(Outcome.Refused.class);
    }
  }

  @Test
  void aChallengeIsGoodForOneProviderAndOneProcessOfTheCoordinator() {
    CallProofs before = new CallProofs(tokens, new Random(3));

    for (String challenge :
        List.of(
            proofs.challenge(TWO), before.challenge(ONE), "0", "-", "0-0", "a-b", "9".repeat(40))) {
      assertThat(check(challenge, 0)).as(challenge).isInstanceOf(Outcome.Unproven.class);
    }
  }

  @Test
  void callsThatOvertakeEachOtherAreEachTakenOnce() {
    String challenge = proofs.challenge(ONE);
    for (long number : List.of(5L, 0L, 4L, 1023L, 1L, 1028L)) {
      assertThat(check(challenge, number)).as("%s", number).isEqualTo(new Outcome.Proven());
    }
    for (long number : List.of(5L, 0L, 4L, 1023L, 1L, 1028L, 2L)) {
      assertThat(check(challenge, number)).as("%s", number).isInstanceOf(Outcome.Unproven.class);
    }
    assertThat(check(challenge, 6)).isEqualTo(new Outcome.Proven());
    assertThat(check(challenge, Call.NUMBER_MAX)).isEqualTo(new Outcome.Proven());
    assertThat(check(challenge, 7)).isInstanceOf(Outcome.Unproven.class);
  }

  @Test
  void aChallengeThatIsForgottenIsWorthNothing() {
    String first = proofs.challenge(ONE);
    assertThat(check(first, 0)).isEqualTo(new Outcome.Proven());

    for (int more = 0; more < 300; more++) {
      assertThat(check(proofs.challenge(ONE), 0)).isEqualTo(new Outcome.Proven());
    }

    assertThat(check(first, 0)).isInstanceOf(Outcome.Unproven.class);
    assertThat(check(first, 1)).isInstanceOf(Outcome.Unproven.class);
  }

  @Test
  void whoHasNotIntroducedItselfProvesNothing() throws Exception {
    tokens.issue(ONE, false, new Random(4));

    assertThat(check(proofs.challenge(ONE), 0))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.reason()).contains("introduce itself"));
  }
}
