package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which secrets a function wants, in which variables, and whom it trusts with them. */
class SecretFieldsTest {
  @Test
  void aSecretInTheEnvironmentTooIsRefused() {
    FdlResult result = Fdl.millrace("secrets: {A: a}", "environment: {variables: {A: b}}");

    assertThat(result.errors()).singleElement().asString().contains("variable 'A' is a secret");
  }

  /** By a command line it would be seen by every user of the host, and over it nobody sees it. */
  @ParameterizedTest
  @CsvSource({
    "a.b, 'letters, digits', my.key",
    "a-b, 'letters, digits', my-key",
    "IFS, shells use, PATH2",
    "ENV, shells use, ENV2",
    "PS1, shells use, ps1",
    "UID, shells use, MY_UID",
    "_, shells use, __",
    "EVENT, every run sets, EVENTS",
    "EVENT_TIME, every run sets, EVENT_TIMES",
    "CUDA_VISIBLE_DEVICES, every run sets, CUDA",
    "INPUT_FILE_PATH, every run sets, INPUT"
  })
  void aSecretsVariableIsOneThatReachesTheFunctionUnseen(String variable, String why, String free) {
    FdlResult ours = Fdl.millrace("secrets: {" + variable + ": vault.key}");
    FdlResult oscars = Fdl.oscar("environment: {secrets: {" + variable + ": hunter2}}");

    assertThat(ours.errors()).singleElement().asString().contains(why, "another");
    assertThat(oscars.errors()).singleElement().asString().contains(why).doesNotContain("hunter2");
    assertThat(oscars.given()).isEmpty();
    assertThat(Fdl.millrace("environment: {variables: {" + variable + ": x}}").errors()).isEmpty();
    assertThat(Fdl.millrace("secrets: {" + free.replaceAll("[.-]", "_") + ": vault.key}").errors())
        .isEmpty();
  }

  @Test
  void secretsAreNamedAndPoolsTrustedWithThem() {
    FdlResult result =
        Fdl.millrace("secrets: {API_KEY: vault.key}", "trust: [far, near/box-1, far]");

    assertThat(result.problems()).isEmpty();
    assertThat(result.given()).isEmpty();
    assertThat(Fdl.only(result).secrets()).isEqualTo(Map.of("API_KEY", "vault.key"));
    assertThat(Fdl.only(result).trust()).containsExactly("far", "near/box-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[Far]", "[a/b/c]", "[/b]", "[a/]", "far", "['']", "[[a]]", "['*']"})
  void aTrustThatIsNoPoolIsRefused(String trust) {
    FdlResult result = Fdl.millrace("secrets: {API_KEY: vault.key}", "trust: " + trust);

    assertThat(result.errors()).hasSize(1);
  }

  @Test
  void trustWithoutSecretsIsWarnedOf() {
    FdlResult result = Fdl.millrace("trust: [far]");

    assertThat(Fdl.texts(result)).singleElement().asString().contains("it has none");
  }
}
