package dev.millrace.orch.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.journal.Transition.KeepSecret;
import dev.millrace.orch.rig.Rig;
import dev.millrace.orch.secret.Carrier;
import dev.millrace.schema.id.SecretName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of OSCAR that hold the values of their secrets. */
class GivenSecretsTest {
  private static final String NO_FUNCTION = "functions: {oscar: [{c: {name: 7}}]}";

  @TempDir Path folder;
  private Rig rig;

  private Rig rig(String config) throws IOException {
    rig = new Rig(folder, config);
    return rig;
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
  }

  private static String oscar(String value) {
    return """
    functions:
      oscar:
        - c:
            name: f
            image: debian
            script: |
              true
              exit 0
            environment: {secrets: {API_KEY: '%s'}}
            input: [{storage_provider: millrace.default, path: bucket/in}]
            output: [{storage_provider: millrace.default, path: bucket/out}]
    """
        .formatted(value);
  }

  private FrontDesk.Deployment deploy(String fdl, Carrier carrier) throws IOException {
    return rig.desk()
        .deploy(
            Rig.MAIN,
            new FrontDesk.Sent(
                "f.yaml", fdl.getBytes(StandardCharsets.UTF_8), Map.of(), Map.of(), false),
            carrier);
  }

  @Test
  void valuesThatCameWithoutTlsAreNotKeptNorIsTheirFunction() throws Exception {
    rig("");

    FrontDesk.Deployment deployment = deploy(oscar("hunter22"), Carrier.PLAIN);

    assertThat(deployment)
        .isInstanceOfSatisfying(
            FrontDesk.Deployment.Rejected.class,
            no ->
                assertThat(no.problems())
                    .singleElement()
                    .asString()
                    .contains("f.API_KEY", "HTTP without TLS", "give them other values")
                    .contains("through a proxy with TLS", "millrace secret set f.API_KEY")
                    .contains("leave them blank in the file", "providers.plain_secrets")
                    .doesNotContain("hunter22"));
    assertThat(rig.desk().functions(Rig.MAIN)).isEmpty();
    assertThat(rig.secrets().list(Rig.MAIN)).isEmpty();
  }

  @Test
  void withoutValuesTheFileComesEitherWay() throws Exception {
    rig("");
    deploy(oscar("hunter22"), Carrier.SECURE);

    assertThat(deploy(oscar(""), Carrier.PLAIN)).isInstanceOf(FrontDesk.Deployment.Done.class);
    assertThat(deploy(NO_FUNCTION, Carrier.PLAIN).toString()).doesNotContain("TLS");
  }

  /** Deploys, and gives the warnings that speak of the secret's values. */
  private List<String> warnings(String fdl) throws IOException {
    FrontDesk.Deployment.Done done = (FrontDesk.Deployment.Done) deploy(fdl, Carrier.INSIDE);
    return done.warnings().stream().filter(w -> w.startsWith("f: secret f.API_KEY")).toList();
  }

  private @Nullable String value() {
    return rig.secretIn("API_KEY");
  }

  private Instant setAt() {
    return rig.secrets().list(Rig.MAIN).getFirst().secret().setAt();
  }

  private void set(String value) throws IOException {
    rig.secrets().set(Rig.MAIN, new SecretName("f.API_KEY"), value);
  }

  @Test
  void theSameFileAgainUndoesNoRotation() throws Exception {
    rig("");
    assertThat(warnings(oscar("hunter22"))).isEmpty();
    rig.clock.move(Duration.ofHours(1));
    set("rotated9");
    Instant rotated = setAt();
    rig.clock.move(Duration.ofHours(1));

    for (int i = 0; i < 2; i++) {
      assertThat(warnings(oscar("hunter22")))
          .containsExactly(
              "f: secret f.API_KEY keeps the value that was set by command on "
                  + rotated
                  + ": the file still says what it said before. Leave it blank there, or write the"
                  + " new value");
      assertThat(value()).isEqualTo("rotated9");
      rig.restart();
    }
    assertThat(setAt()).isEqualTo(rotated);
    assertThat(warnings(oscar("")).toString()).doesNotContain("keeps");
    assertThat(value()).isEqualTo("rotated9");
  }

  @Test
  void aFileThatChangedPutsItsValueAndSaysOverWhat() throws Exception {
    rig("");
    warnings(oscar("hunter22"));
    assertThat(warnings(oscar("hunter23")))
        .containsExactly("f: secret f.API_KEY has the file's new value from now on");
    assertThat(value()).isEqualTo("hunter23");
    rig.clock.move(Duration.ofHours(1));
    set("rotated9");
    Instant rotated = setAt();

    assertThat(warnings(oscar("hunter24")))
        .containsExactly(
            "f: secret f.API_KEY has the file's value from now on, in place of the one that was set"
                + " by command on "
                + rotated);
    assertThat(value()).isEqualTo("hunter24");
    assertThat(warnings(oscar("hunter22"))).as("what it said long ago").hasSize(1);
    assertThat(value()).isEqualTo("hunter22");
  }

  @Test
  void aSecretThatWasThereBeforeTheFileGivesWayOnceAndIsSaid() throws Exception {
    rig("");
    set("by hand1");

    assertThat(warnings(oscar("hunter22"))).singleElement().asString().contains("in place of");
    assertThat(value()).isEqualTo("hunter22");
    assertThat(warnings(oscar("hunter22"))).isEmpty();
  }

  @Test
  void aFileThatComesToSayWhatACommandSetIsRememberedAndSetsNothing() throws Exception {
    rig("");
    warnings(oscar("hunter22"));
    set("rotated9");
    Instant first = setAt();
    rig.clock.move(Duration.ofHours(1));

    assertThat(warnings(oscar("rotated9"))).isEmpty();
    assertThat(setAt()).isEqualTo(first);
    set("rotated10");
    assertThat(warnings(oscar("rotated9"))).singleElement().asString().contains("keeps the value");
    assertThat(value()).isEqualTo("rotated10");
  }

  @Test
  void whatTheFileSaidOutlivesANewKeyAndIsForgottenWithTheSecret() throws Exception {
    rig("");
    warnings(oscar("hunter22"));
    set("rotated9");
    rig.secrets().rekey();
    assertThat(warnings(oscar("hunter22"))).hasSize(1);
    assertThat(value()).isEqualTo("rotated9");

    rig.secrets().remove(Rig.MAIN, new SecretName("f.API_KEY"), true);
    assertThat(warnings(oscar("hunter22"))).isEmpty();
    assertThat(value()).isEqualTo("hunter22");
  }

  @Test
  void aDeployThatFailsOrIsRefusedChangesNoSecret() throws Exception {
    rig("");
    warnings(oscar("hunter22"));
    String more = oscar("hunter23").replace("'hunter23'", "'hunter23', OTHER: new, BLANK: ''");
    assertThat(deploy(more, Carrier.INSIDE).toString()).contains("f.BLANK is not set");
    rig.store.failBuckets(name -> name.equals("elsewhere"));
    assertThatThrownBy(
            () -> deploy(oscar("hunter24").replace("bucket/out", "elsewhere"), Carrier.INSIDE))
        .hasMessageContaining("told to fail");

    assertThat(value()).isEqualTo("hunter22");
    assertThat(rig.secrets().list(Rig.MAIN)).hasSize(1);
    assertThat(rig.desk().functions(Rig.MAIN).getFirst().revision()).isEqualTo(1);
  }

  @Test
  void moreSecretsThanAreKeptAreRefusedWhole() throws Exception {
    rig("");
    for (int i = 0; i < KeepSecret.MAX; i++) {
      rig.secrets().set(Rig.MAIN, new SecretName("s" + i), "x");
    }

    assertThat(deploy(oscar("hunter22"), Carrier.INSIDE).toString())
        .contains("Rejected", "more than 256 secrets", "millrace secret remove");
    assertThat(rig.desk().functions(Rig.MAIN)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void theyAreTakenByEveryWayOnceTheNetworkIsSaidToBeSafe(Carrier carrier) throws Exception {
    rig("providers: {plain_secrets: true}");

    assertThat(deploy(oscar("hunter22"), carrier)).isInstanceOf(FrontDesk.Deployment.Done.class);
    assertThat(rig.secrets().list(Rig.MAIN)).hasSize(1);
  }
}
