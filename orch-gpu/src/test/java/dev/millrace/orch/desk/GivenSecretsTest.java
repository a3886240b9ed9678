package dev.millrace.orch.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.rig.Rig;
import dev.millrace.orch.secret.Carrier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
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

  @ParameterizedTest
  @EnumSource
  void theyAreTakenByEveryWayOnceTheNetworkIsSaidToBeSafe(Carrier carrier) throws Exception {
    rig("providers: {plain_secrets: true}");

    assertThat(deploy(oscar("hunter22"), carrier)).isInstanceOf(FrontDesk.Deployment.Done.class);
    assertThat(rig.secrets().list(Rig.MAIN)).hasSize(1);
  }
}
