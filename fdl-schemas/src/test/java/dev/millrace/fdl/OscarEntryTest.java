package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Sharing;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.object.StoreId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OscarEntryTest {
  private static final StoreId MINIO = new StoreId("minio.default");

  @Test
  void aServiceTakesOscarsDefaults() {
    FunctionSpec spec = Fdl.only(Fdl.oscar());

    assertThat(spec.origin()).isEqualTo("oscar");
    assertThat(spec.resources().memory()).isEqualTo(new MemoryMib(256));
    assertThat(spec.resources().cpuMillis()).isEqualTo(200);
    assertThat(spec.resources().accelerator())
        .isEqualTo(AcceleratorRequest.cpu(new MemoryMib(256), 20));
    assertThat(spec.rules().timeout()).isEqualTo(OscarEntry.TIMEOUT);
    assertThat(spec.inputs())
        .containsExactly(new InputRule(MINIO, "box", "in", List.of(), List.of()));
    assertThat(spec.outputs())
        .containsExactly(new OutputRule(MINIO, "box", "out", List.of(), List.of()));
  }

  @Test
  void aServiceWithoutAClusterIsReadToo() {
    FdlResult result =
        Fdl.read(
            "functions: {oscar: [{name: f, image: debian, script: script.sh,"
                + " input: [{path: aaa}], output: [{path: bbb}]}]}");

    assertThat(Fdl.only(result).name().value()).isEqualTo("f");
  }

  @Test
  void twoKeysAboveAServiceAreAnError() {
    FdlResult result = Fdl.read("functions: {oscar: [{one: {name: f}, two: {name: g}}]}");

    assertThat(result.functions()).isEmpty();
    assertThat(Fdl.texts(result)).singleElement().asString().contains("one key");
  }

  @ParameterizedTest
  @CsvSource({"1.0,1000", "'''1.0''',1000", "'''4''',4000", "0.2,200"})
  void cpuMayBeANumberOrText(String text, int millis) {
    assertThat(Fdl.only(Fdl.oscar("cpu: " + text)).resources().cpuMillis()).isEqualTo(millis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"variables", "Variables"})
  void bothSpellingsOfVariablesAreRead(String key) {
    FunctionSpec spec = Fdl.only(Fdl.oscar("environment: {" + key + ": {A: 1.0, B: true}}"));

    assertThat(spec.variables()).isEqualTo(Map.of("A", "1.0", "B", "true"));
  }

  @Test
  void aSecretsValueIsGivenApartAndNotRepeated() {
    FdlResult result = Fdl.oscar("environment: {secrets: {API_KEY: hunter2}}");

    assertThat(Fdl.only(result).secrets()).isEqualTo(Map.of("API_KEY", "f.API_KEY"));
    assertThat(Fdl.texts(result))
        .singleElement()
        .asString()
        .contains("goes into secret 'f.API_KEY' at deploy")
        .doesNotContain("hunter2");
    assertThat(result.given())
        .containsExactly(
            new GivenSecret(new FunctionName("f"), new SecretName("f.API_KEY"), "hunter2"));
    assertThat(result.toString()).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "''", "~", "[a]", "{b: c}"})
  void aSecretWithoutATextIsToBeSet(String value) {
    FdlResult result = Fdl.oscar("environment: {secrets: {API_KEY: " + value + "}}");

    assertThat(Fdl.only(result).secrets()).isEqualTo(Map.of("API_KEY", "f.API_KEY"));
    assertThat(result.given()).isEmpty();
    assertThat(Fdl.texts(result))
        .singleElement()
        .asString()
        .contains("millrace secret set f.API_KEY");
  }

  @Test
  void aSecretTooLargeOrTooManyOfThemAreErrorsThatDoNotShowThem() {
    FdlResult large = Fdl.oscar("environment: {secrets: {A: " + "v4lue".repeat(14_000) + "}}");
    StringBuilder many = new StringBuilder();
    for (int i = 0; i <= 64; i++) {
      many.append("A").append(i).append(": v4lue, ");
    }
    FdlResult all = Fdl.oscar("environment: {secrets: {" + many + "}}");
    FdlResult named = Fdl.oscar("environment: {secrets: {" + "A".repeat(130) + ": v4lue}}");

    assertThat(large.errors()).singleElement().asString().contains("64 KiB");
    assertThat(all.errors()).singleElement().asString().contains("more than 64 secrets");
    assertThat(named.errors()).singleElement().asString().contains("shorten");
    assertThat(large + " " + all + named).doesNotContain("v4lue");
  }

  @Test
  void enableGpuIsOneWholeGpu() {
    AcceleratorRequest a = Fdl.only(Fdl.oscar("enable_gpu: true")).resources().accelerator();

    assertThat(a.kind()).isEqualTo(AcceleratorKind.GPU);
    assertThat(a.count()).isEqualTo(1);
    assertThat(a.sharing()).isEqualTo(Sharing.EXCLUSIVE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "token: abc",
        "owner: me",
        "namespace: x",
        "bucket_list: [a]",
        "volume_status: {a: b}",
        "deployment: {a: b}",
        "cluster_id: c",
        "alpine: true",
        "allowed_users: []",
        "visibility: private",
        "isolation_level: service",
        "file_stage_in: false",
        "annotations: {}",
        "expose: ",
      })
  void whatAsksForNothingIsDroppedInSilence(String line) {
    assertThat(Fdl.oscar(line).problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "total_memory: 1Gi",
        "total_cpu: 2",
        "annotations: {a: b}",
        "synchronous: {min_scale: 1}",
        "replicas: [{type: oscar}]",
        "federation: {topology: star}",
        "delegation: random",
        "rescheduler_threshold: 30",
        "image_pull_secrets: [a]",
        "file_stage_in: true",
        "image_prefetch: true",
        "expose: {api_port: 80}",
        "expose: {api_port: [80, 81]}",
        "enable_sgx: true",
        "vo: vo.example.org",
        "vo: [a placeholder]",
        "allowed_users: [me]",
        "isolation_level: USER",
        "visibility: public",
        "interlink_node_name: node",
        "mount: {path: a/b}",
        "volume: {size: 1Gi}",
        "ephemeral_storage_request: 1Gi",
        "kserve: {type: inference}",
        "max_replicas: 3",
        "top_cpu: 3",
        "expose_options: {a: b}",
      })
  void whatHasNoCounterpartIsWarnedOfByName(String line) {
    FdlResult result = Fdl.oscar(line);
    String key = line.substring(0, line.indexOf(':'));

    assertThat(result.functions()).hasSize(1);
    assertThat(Fdl.texts(result))
        .singleElement()
        .asString()
        .startsWith(
            "fn.yaml:11:7: warning: functions.oscar[0].cluster." + key + ": not honoured: ");
  }

  @Test
  void anUnknownKeyIsIgnoredWithAWarning() {
    FdlResult result = Fdl.oscar("memroy: 1Gi");

    assertThat(result.functions()).hasSize(1);
    assertThat(Fdl.texts(result))
        .containsExactly(
            "fn.yaml:11:7: warning: functions.oscar[0].cluster.memroy: unknown key;"
                + " did you mean 'memory'?");
  }

  @Test
  void anInputsFiltersAreLeftOutAndAnOutputsAreHonoured() {
    FdlResult result =
        Fdl.read(
            """
            functions:
              oscar:
              - c:
                  name: f
                  image: debian
                  script: script.sh
                  input:
                  - {storage_provider: minio, path: box/in, suffix: [jpg]}
                  output:
                  - {storage_provider: MinIO.default, path: box/out, suffix: [wav], prefix: [a]}
            """);
    FunctionSpec spec = Fdl.only(result);

    assertThat(spec.inputs().getFirst().suffixes()).isEmpty();
    assertThat(Fdl.texts(result)).singleElement().asString().contains("are left out");
    assertThat(spec.outputs())
        .containsExactly(new OutputRule(MINIO, "box", "out", List.of("a"), List.of("wav")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"onedata.x", "WebDAV.x", "rucio"})
  void storageWithoutACounterpartIsAnError(String provider) {
    FdlResult result =
        Fdl.read(
            "functions: {oscar: [{name: f, image: a, script: script.sh, input:"
                + " [{storage_provider: "
                + provider
                + ", path: aaa}], output: [{path: bbb}]}]}");

    assertThat(result.functions()).isEmpty();
    assertThat(Fdl.texts(result)).singleElement().asString().contains("has no counterpart here");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "box,box,''",
        "\" /box/ \",box,''",
        "box/a/b/,box,a/b",
        "//box//a,box,/a",
        "box/a b,box,a b"
      })
  void aPathIsTrimmedAndSplitAtTheFirstSlash(String path, String bucket, String folder) {
    FdlResult result =
        Fdl.read(
            "functions: {oscar: [{name: f, image: a, script: script.sh, input: [{path: \""
                + path
                + "\"}], output: [{path: other}]}]}");
    InputRule rule = Fdl.only(result).inputs().getFirst();

    assertThat(rule.bucket()).isEqualTo(bucket);
    assertThat(rule.folder()).isEqualTo(folder.replace("'", ""));
  }

  @Test
  void credentialsInTheFileAreWarnedOfAndNotRepeated() {
    FdlResult result =
        Fdl.read(
            """
            storage_providers:
              minio:
                far: {endpoint: "https://far", access_key: AKIA99, secret_key: hush}
              s3:
                empty: {access_key: , secret_key: , region: }
            functions:
              oscar:
              - {name: f, image: a, script: script.sh, input: [{path: aaa}],
                 output: [{path: bbb, storage_provider: minio.fra}]}
            """);

    assertThat(result.functions()).hasSize(1);
    assertThat(Fdl.texts(result))
        .satisfiesExactly(
            far -> assertThat(far).contains("store 'minio.far'").contains("not kept"),
            empty -> assertThat(empty).contains("store 's3.empty'").doesNotContain("not kept"),
            fra -> assertThat(fra).endsWith("did you mean 'minio.far'?"));
    assertThat(result.toString()).doesNotContain("AKIA99").doesNotContain("hush");
  }

  @Test
  void anImageThatIsTheApisDockerSchemeIsReadWithoutIt() {
    FdlResult result =
        Fdl.read(
            "functions: {oscar: [{name: f, image: 'docker://a/b', script: script.sh,"
                + " input: [{path: aaa}], output: [{path: bbb}]}]}");

    assertThat(Fdl.only(result).code().image()).isEqualTo("a/b");
    assertThat(result.warnings()).hasSize(1);
  }

  @Test
  void aMissingOrForeignScriptIsAnErrorAtItsKey() {
    String head = "functions:\n  oscar:\n  - name: f\n    image: a\n    script: ";

    assertThat(Fdl.texts(Fdl.read(head + "gone.sh\n")))
        .containsExactly(
            "fn.yaml:5:13: error: functions.oscar[0].script: script 'gone.sh' is not there;"
                + " paths are relative to the FDL file");
    assertThat(Fdl.texts(Fdl.read(head + "../up.sh\n")))
        .singleElement()
        .asString()
        .contains("leaves the folder");
  }

  @Test
  void aLogLevelThatOscarDoesNotKnowIsInfo() {
    FdlResult result = Fdl.oscar("log_level: LOUD");

    assertThat(Fdl.only(result).labels()).isEqualTo(Map.of("log_level", "INFO"));
    assertThat(result.warnings()).hasSize(1);
  }

  @Test
  void aClusterWithNothingBelowItIsEmptyAndNotMissing() {
    FdlResult result = Fdl.read("functions: {oscar: [{c1: null}]}");

    assertThat(Fdl.texts(result))
        .singleElement()
        .asString()
        .contains("functions.oscar[0].c1: is empty: the service's keys")
        .doesNotContain("missing");
  }

  @Test
  void aServicesOwnStoresAndClustersAreNamedAndTheirCredentialsAreNot() {
    FdlResult result =
        Fdl.oscar(
            "storage_providers: {minio: {far: {endpoint: x, access_key: AKIA, secret_key: hush}}}",
            "clusters: {c: {endpoint: x, auth_user: u, auth_password: hush}}");

    assertThat(Fdl.texts(result))
        .hasSize(2)
        .noneMatch(t -> t.contains("hush") || t.contains("AKIA"))
        .anySatisfy(t ->
            assertThat(t)
                .contains("storage_providers.minio.far: configure store 'minio.far'")
                .contains("the credentials here are not kept"))
        .anySatisfy(t -> assertThat(t).contains("clusters: not honoured: ", "take them out"));
  }

  @Test
  void aServiceMayUseItsOwnStoresAndTheFiles() {
    FdlResult result =
        Fdl.read(
            """
            functions:
              oscar:
              - c1:
                  name: f
                  image: a
                  script: script.sh
                  storage_providers: {minio: {far: {}}}
                  input: [{storage_provider: minio.far, path: box/in}]
                  output: [{storage_provider: minio.near, path: box/out}]
            storage_providers: {minio: {near: {}}}
            """);

    assertThat(Fdl.texts(result)).hasSize(2).allMatch(t -> t.contains(": configure store"));
  }

  @Test
  void aTypeOfStorageInAnotherCaseDeclaresNothing() {
    FdlResult result =
        Fdl.read(
            """
            functions: {oscar: [{name: f, image: a, script: script.sh,
              input: [{storage_provider: MinIO.far, path: box/in}], output: [{path: box/out}]}]}
            storage_providers: {MinIO: {near: {secret_key: hush}}, minio: {far: {}}}
            """);

    assertThat(Fdl.texts(result))
        .hasSize(2)
        .anySatisfy(t -> assertThat(t).contains("did you mean 'minio'?", "are not kept"))
        .anySatisfy(t -> assertThat(t).contains("configure store 'minio.far'"));
  }
}
