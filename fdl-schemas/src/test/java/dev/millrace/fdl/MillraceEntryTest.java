package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Sharing;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.Network;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.function.Price;
import dev.millrace.schema.function.Publication;
import dev.millrace.schema.function.RetryRule;
import dev.millrace.schema.function.Rules;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.function.Staging;
import dev.millrace.schema.ledger.Money;
import dev.millrace.schema.object.StoreId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MillraceEntryTest {
  @Test
  void theLeastEntryTakesTheDefaults() {
    FunctionSpec spec = Fdl.only(Fdl.millrace());

    assertThat(spec.name().value()).isEqualTo("f");
    assertThat(spec.origin()).isEqualTo("millrace");
    assertThat(spec.code().image()).isEqualTo("debian");
    assertThat(spec.code().script()).isEqualTo("#!/bin/sh\necho hi\n");
    assertThat(spec.resources().memory()).isEqualTo(new MemoryMib(256));
    assertThat(spec.resources().cpuMillis()).isEqualTo(1000);
    assertThat(spec.resources().accelerator())
        .isEqualTo(AcceleratorRequest.cpu(new MemoryMib(256), 100));
    assertThat(spec.rules()).isEqualTo(Rules.defaults());
    assertThat(spec.inputs())
        .containsExactly(new InputRule(StoreId.EMBEDDED, "box", "in", List.of(), List.of()));
    assertThat(spec.outputs())
        .containsExactly(new OutputRule(StoreId.EMBEDDED, "box", "out", List.of(), List.of()));
    assertThat(spec.price()).isNull();
    assertThat(spec.labels()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"runer: process", "Runner: process", "imag: debian", "rnner: docker"})
  void aMistypedKeyIsNotToldAsMissingToo(String mistyped) {
    FdlResult result =
        Fdl.read("functions: {millrace: [{name: f, script: script.sh, %s}]}".formatted(mistyped));

    assertThat(result.errors()).hasSize(1);
    assertThat(result.errors().getFirst().toString()).contains("unknown key", "did you mean");
  }

  @Test
  void whatIsMissingIsToldBesideAnotherMistake() {
    FdlResult result = Fdl.read("functions: {millrace: [{script: script.sh, timeot: 5m}]}");

    assertThat(result.errors().stream().map(p -> p.finding().toString()).toList())
        .hasSize(3)
        .anyMatch(said -> said.contains("did you mean 'timeout'"))
        .anyMatch(said -> said.equals("key 'name' is missing"))
        .anyMatch(said -> said.contains("key 'image' is missing"));
    assertThat(
            Fdl.read("functions: {millrace: [{nam: f, runner: process, scrip: script.sh}]}")
                .errors())
        .allMatch(p -> p.finding().toString().contains("did you mean"))
        .hasSize(2);
  }

  @Test
  void aProcessHasTheNetworkOfTheHostAndIsToldSo() {
    String entry = "functions: {millrace: [{name: f, runner: process, script: script.sh, %s}]}";
    String plain = FdlReport.text("f.yaml", Fdl.read(entry.formatted("priority: 1")));

    assertThat(plain).contains("runner      process, network of the host (no isolation)");
    assertThat(plain).doesNotContain("not honoured");
    assertThat(FdlReport.text("f.yaml", Fdl.read(entry.formatted("network: none"))))
        .contains("network: not honoured: runner\n    process has the host's network");
    assertThat(FdlReport.text("f.yaml", Fdl.read(entry.formatted("network: open"))))
        .doesNotContain("not honoured");
  }

  @Test
  void aFirstLineThatCannotBeObeyedIsAWarning() {
    String entry =
        """
        functions:
          millrace:
          - name: f
            runner: process
            script: |
              #!%s
              import os
            input: [{path: a}]
            output: [{path: b}]
        """;

    assertThat(Fdl.read(entry.formatted("python3 -u")).warnings().toString())
        .contains("'#!python3 -u', names no absolute path", "#!/usr/bin/env");
    assertThat(Fdl.read(entry.formatted("/usr/bin/env python3")).warnings()).isEmpty();
  }

  @Test
  void everyKeyIsHonoured() {
    FunctionSpec spec =
        Fdl.only(
            Fdl.read(
                """
                functions:
                  millrace:
                  - name: align
                    image: registry.example.org:5000/blast@sha256:00
                    script: |
                      echo one
                      echo two
                    files: [lib/model.bin, ./data.txt]
                    memory: 1.5Gi
                    cpu: 2.5
                    environment:
                      variables: {VERSION: 1.0, QUOTED: "1.0", FLAG: false, EMPTY: , TEXT: "~"}
                    secrets: {API_KEY: align-api-key}
                    accelerator:
                      kind: gpu
                      count: 2
                      memory: 8Gi
                      model: H100
                      compute: 40%
                      sharing: shared
                      remote: true
                      enforcement: driver
                    timeout: 1h30m
                    retry: {attempts: 5, delay: 500ms, delay_max: 10m}
                    priority: -7
                    deadline: 2d
                    network: open
                    runner: kubernetes
                    staging: bundle
                    publication: foreign
                    price: {per_mib_second: 0.0000001, currency: EUR}
                    replicas: 2
                    warm: 3
                    resident: true
                    labels: {team: blue}
                    log_level: debug
                    input:
                    - storage_provider: minio
                      path: /proteins/in/deep/
                      prefix: q_
                      suffix: [.fasta, .fa]
                    - storage_provider: s3.archive
                      path: other
                    output:
                    - path: hits/out
                      suffix: .tsv
                """));

    assertThat(spec.code().script()).isEqualTo("echo one\necho two\n");
    assertThat(spec.code().files()).containsExactly("lib/model.bin", "data.txt");
    assertThat(spec.resources().memory()).isEqualTo(new MemoryMib(1536));
    assertThat(spec.resources().cpuMillis()).isEqualTo(2500);
    assertThat(spec.resources().accelerator())
        .isEqualTo(
            new AcceleratorRequest(
                AcceleratorKind.GPU,
                2,
                new MemoryMib(8192),
                "H100",
                40,
                Sharing.SHARED,
                true,
                Enforcement.DRIVER));
    assertThat(spec.rules())
        .isEqualTo(
            new Rules(
                Duration.ofMinutes(90),
                new RetryRule(5, Duration.ofMillis(500), Duration.ofMinutes(10)),
                -7,
                Duration.ofDays(2),
                Network.OPEN,
                RunnerKind.KUBERNETES,
                Staging.BUNDLE,
                Publication.FOREIGN,
                3,
                2,
                true));
    assertThat(spec.variables())
        .isEqualTo(
            Map.of("VERSION", "1.0", "QUOTED", "1.0", "FLAG", "false", "EMPTY", "", "TEXT", "~"));
    assertThat(spec.secrets()).isEqualTo(Map.of("API_KEY", "align-api-key"));
    assertThat(spec.price()).isEqualTo(new Price(new Money(100, "EUR")));
    assertThat(spec.labels()).isEqualTo(Map.of("team", "blue", "log_level", "DEBUG"));
    assertThat(spec.inputs())
        .containsExactly(
            new InputRule(
                new StoreId("minio.default"),
                "proteins",
                "in/deep",
                List.of("q_"),
                List.of(".fasta", ".fa")),
            new InputRule(new StoreId("s3.archive"), "other", "", List.of(), List.of()));
    assertThat(spec.outputs())
        .containsExactly(
            new OutputRule(StoreId.EMBEDDED, "hits", "out", List.of(), List.of(".tsv")));
  }

  @Test
  void aGpuWithoutMemoryIsTakenWholeAndOneWithMemoryIsShared() {
    AcceleratorRequest whole = Fdl.only(Fdl.millrace("accelerator: gpu")).resources().accelerator();
    AcceleratorRequest shared =
        Fdl.only(Fdl.millrace("accelerator: {kind: gpu, memory: 2Gi}")).resources().accelerator();

    assertThat(whole.sharing()).isEqualTo(Sharing.EXCLUSIVE);
    assertThat(whole.computePercent()).isEqualTo(100);
    assertThat(shared.sharing()).isEqualTo(Sharing.SHARED);
    assertThat(shared.memory()).isEqualTo(new MemoryMib(2048));
    assertThat(shared.computePercent()).isEqualTo(1);
  }

  @Test
  void aPriceByGibHourIsCountedInBillionthsPerMibSecond() {
    FunctionSpec spec = Fdl.only(Fdl.millrace("price: {per_gib_hour: 3.6864, currency: USD}"));

    assertThat(spec.price()).isEqualTo(new Price(new Money(1000, "USD")));
  }

  @Test
  void aPriceThatRoundingChangesByMoreThanAPercentIsWarnedOf() {
    FdlResult result = Fdl.millrace("price: {per_gib_hour: 0.005, currency: EUR}");

    assertThat(result.functions()).hasSize(1);
    assertThat(Fdl.texts(result)).singleElement().asString().contains("rounded to 1 billionths");
  }

  @Test
  void eachMissingPieceIsNamed() {
    FdlResult result = Fdl.read("functions:\n  millrace:\n  - memory: 1Gi\n");

    assertThat(Fdl.texts(result))
        .containsExactlyInAnyOrder(
            "fn.yaml:3:5: error: functions.millrace[0]: key 'name' is missing",
            "fn.yaml:3:5: error: functions.millrace[0]: key 'image' is missing: the container that"
                + " the function runs in");
  }

  @Test
  void runnerProcessNeedsAScriptAndNoImage() {
    FdlResult without =
        Fdl.read("functions: {millrace: [{name: f, runner: process, input: [{path: aaa}]}]}");
    FdlResult with =
        Fdl.read(
            "functions: {millrace: [{name: f, runner: process, script: script.sh,"
                + " input: [{path: aaa}], output: [{path: bbb}]}]}");

    assertThat(Fdl.texts(without)).singleElement().asString().contains("key 'script' is missing");
    assertThat(Fdl.only(with).code().image()).isNull();
    assertThat(with.problems()).isEmpty();
  }

  @Test
  void aWorkerIsAskedForByItsFlag() {
    FdlResult worker =
        Fdl.read(
            "functions: {millrace: [{name: f, runner: process, script: script.sh, warm: 2,"
                + " resident: true, input: [{path: aaa}], output: [{path: bbb}]}]}");
    FdlResult script =
        Fdl.read(
            "functions: {millrace: [{name: f, runner: process, script: script.sh, warm: 2,"
                + " input: [{path: aaa}], output: [{path: bbb}]}]}");

    assertThat(Fdl.only(worker).rules().resident()).isTrue();
    assertThat(worker.problems()).isEmpty();
    assertThat(Fdl.only(script).rules().resident()).isFalse();
    assertThat(Fdl.texts(script)).singleElement().asString().contains("'resident: true'");
  }

  @Test
  void aFunctionWithoutInputOrOutputIsReadWithAWarning() {
    FdlResult none = Fdl.read("functions: {millrace: [{name: f, image: a}]}");
    FdlResult sink = Fdl.read("functions: {millrace: [{name: f, image: a, input: [{path: bbb}]}]}");

    assertThat(none.functions()).hasSize(1);
    assertThat(Fdl.texts(none)).singleElement().asString().contains("nothing triggers");
    assertThat(sink.functions()).hasSize(1);
    assertThat(Fdl.texts(sink)).singleElement().asString().contains("go nowhere");
  }

  @Test
  void anUnknownKeyIsAnErrorWithTheNearestKnownOne() {
    assertThat(Fdl.texts(Fdl.millrace("timeot: 5m")))
        .containsExactly(
            "fn.yaml:10:5: error: functions.millrace[0].timeot: unknown key;"
                + " did you mean 'timeout'?");
  }

  @Test
  void allProblemsOfAFileAreTold() {
    FdlResult result =
        Fdl.read(
            """
            functions:
              millrace:
              - name: "a b"
                image: "<image>"
                cpu: many
                retires: 3
                input:
                - path: "///"
              - name: good
                image: debian
                input: [{path: inbox}]
                output: [{path: outbox}]
            """);

    assertThat(result.errors()).hasSize(5);
    assertThat(result.errors().stream().map(p -> p.place().line())).containsExactly(3, 4, 5, 6, 8);
    assertThat(result.functions())
        .singleElement()
        .extracting(f -> f.name().value())
        .isEqualTo("good");
  }

  @Test
  void pathsUnderMillracesOwnPrefixAreRefused() {
    FdlResult result =
        Fdl.read(
            "functions: {millrace: [{name: f, image: a, input: [{path: box/.millrace}],"
                + " output: [{path: ccc/.millrace/x}]}]}");

    assertThat(result.errors()).hasSize(2);
  }

  @Test
  void theSameNameTwiceIsRefusedWhereItComesAgain() {
    FdlResult result =
        Fdl.read(
            "functions:\n  millrace:\n"
                + "  - {name: f, image: a, input: [{path: bbb}], output: [{path: ccc}]}\n"
                + "  - {name: f, image: a, input: [{path: bbb}], output: [{path: ccc}]}\n");

    assertThat(result.functions()).hasSize(1);
    assertThat(Fdl.texts(result))
        .singleElement()
        .asString()
        .startsWith("fn.yaml:4:5: error: functions.millrace[1]: 'f' is already the name of");
  }
}
