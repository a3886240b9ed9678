package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FdlReportTest {
  @Test
  void functionsAndProblemsAreListedWithinEightyColumns() {
    FdlResult result =
        Fdl.read(
            """
            functions:
              millrace:
              - name: align
                image: registry.example.org/tools/blast:2.12.0
                script: script.sh
                accelerator: {kind: gpu, count: 2, memory: 8Gi, model: H100}
                secrets: {TOKEN: hub.token, API_KEY: maps.key}
                trust: [clinic]
                input: [{path: proteins/in, suffix: [.fasta, .fa]}]
                output: [{path: hits/out}, {path: logs, storage_provider: s3.archive}]
              - name: oops
                image: debian
                timeot: 5m
              oscar:
              - c: {name: cow, image: cowsay, script: script.sh, cpu: 0.5, expose: {api_port: 80}}
            """);

    String text = FdlReport.text("fn.yaml", result);

    assertThat(text)
        .isEqualTo(
            """
            align  (millrace)
              trigger     s3://proteins/in/ ending with .fasta or .fa on millrace.default
              runner      docker registry.example.org/tools/blast:2.12.0, network none,
                          timeout 5m, 3 attempts
              accelerator 2 x gpu like 'H100', 8192 MiB each, shared
              secrets     API_KEY from maps.key, TOKEN from hub.token; for clinic too
              output      s3://hits/out/ on millrace.default
              output      s3://logs/ on s3.archive

            cow  (oscar)
              trigger     none
              runner      docker cowsay, network none, timeout 1h, 3 attempts
              accelerator none: 0.5 cores and 256 MiB of the host
              output      none

            fn.yaml:13:5: error: functions.millrace[1].timeot: unknown key; did you mean
                'timeout'?
            fn.yaml:15:8: warning: functions.oscar[0].c: no input: nothing triggers this
                function; direct calls have no counterpart here
            fn.yaml:15:64: warning: functions.oscar[0].c.expose: not honoured: exposed
                services have no counterpart here

            fn.yaml: 2 functions, 1 error, 2 warnings
            """);
    assertThat(text.lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void aWarningThatFunctionsShareIsToldOnceWithTheirNames() {
    StringBuilder file = new StringBuilder("functions:\n  oscar:\n");
    for (String name : "a b c d e f g h 7bad~".split(" ")) {
      file.append("  - c: {name: %s, image: cow, script: script.sh, ".formatted(name));
      file.append("expose: {api_port: 80}}\n");
    }

    FdlResult result = Fdl.read(file.toString());
    String text = FdlReport.text("fn.yaml", result).replaceAll("\n    ", " ");

    assertThat(result.warnings()).filteredOn(p -> p.path().endsWith("expose")).hasSize(9);
    assertThat(text)
        .containsOnlyOnce(": warning: 8 functions: a, b, c, d, e, f ...: c.expose: not honoured")
        .containsOnlyOnce(": warning: 8 functions: a, b, c, d, e, f ...: c: no input: ")
        .contains("warning: functions.oscar[8].c.expose: ")
        .contains("error: functions.oscar[8].c.name: ")
        .contains("fn.yaml: 8 functions, 1 error, ");
  }

  @Test
  void warningsOfOneFunctionStayByThemselves() {
    Gathering gathering =
        new Gathering()
            .add(new Gathering.Item("1: a: x", "1: ", "a", "x"))
            .add(new Gathering.Item("2: a: x", "2: ", "a", "x"))
            .add(new Gathering.Item("3: y", "3: ", "", "y"))
            .add(new Gathering.Item("4: y", "4: ", "", "y"))
            .add(new Gathering.Item("5: a: z", "5: ", "a", "z"))
            .add(new Gathering.Item("6: b: z", "6: ", "b", "z"));

    assertThat(gathering.lines())
        .containsExactly("1: a: x", "2: a: x", "3: y", "4: y", "5: 2 functions: a, b: z");
  }

  @Test
  void aWordThatIsLongerThanALineIsKeptWhole() {
    FdlResult result = Fdl.millrace("labels: {a: b}");

    assertThat(FdlReport.text("/a/very/long/" + "x".repeat(90) + ".yaml", result))
        .contains("x".repeat(90) + ".yaml:\n    1 function");
  }
}
