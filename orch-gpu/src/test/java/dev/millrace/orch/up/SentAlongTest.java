package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.view.DeployAnswer;
import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.api.view.FunctionView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.command.FdlFiles;
import dev.millrace.orch.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What validates on this machine is all there for the coordinator that it is deployed to. */
final class SentAlongTest {
  @TempDir private static Path folder;
  private static Machine machine;
  private static CoordinatorClient client;

  @BeforeAll
  static void start() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    String config =
        "{api: {port: 0}, store: {port: 0},"
            + " provider: {runners: {process: {allow: ['*']}, docker: {enabled: false}}}}";
    machine =
        Machine.start(
            new ConfigReader(name -> null).read("millrace.yaml", config, data), data, "test");
    client =
        new CoordinatorClient(
            machine.apiEndpoint(), Files.readString(data.resolve(TokenFile.NAME)).strip());
    Files.createDirectory(folder.resolve("lib"));
    Files.writeString(folder.resolve("run.sh"), "#!/bin/sh\r\ntrue\r\n");
    Files.writeString(folder.resolve("lib/run.py"), "#!/usr/bin/env python3\n");
    Files.write(folder.resolve("model.bin"), new byte[] {1, (byte) 0xff, 0});
  }

  @AfterAll
  static void stop() {
    client.close();
    machine.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run.sh|[run.sh]|run.sh",
        "./run.sh|[run.sh, model.bin]|model.bin,run.sh",
        "run.sh|[./run.sh]|run.sh",
        ".//./run.sh|[lib/./run.py]|run.py",
        "lib//run.py|[lib/run.py, ././model.bin]|model.bin,run.py",
      })
  void aScriptMayBeAFileOfItsFunctionToo(String script, String files, String names)
      throws IOException {
    Path fdl = fdl("{runner: process, script: " + script + ", files: " + files + "}");

    assertThat(Wired.fdl().check(fdl, "f.yaml").exitCode()).isZero();
    FunctionView function = deploy(fdl).functions().getFirst();

    assertThat(function.files()).map(String::valueOf).hasSameElementsAs(list(names));
  }

  @Test
  void whatOneFunctionRunsAnotherMayShip() throws IOException {
    Path fdl =
        fdl(
            "{runner: process, script: run.sh}",
            "{runner: process, script: lib/run.py, files: [run.sh]}");

    assertThat(deploy(fdl).functions()).hasSize(2);
  }

  @Test
  void anErrorElsewhereIsNotFollowedByFilesThatAreSaidToBeMissing() throws IOException {
    Path fdl = fdl("{runner: process, script: run.sh, files: [model.bin], timeout: soon}");

    assertThatThrownBy(() -> deploy(fdl)).hasMessageStartingWith("f.yaml has a problem;");
  }

  private static Iterable<String> list(String names) {
    return List.of(names.split(","));
  }

  private static Path fdl(String... functions) throws IOException {
    StringBuilder text = new StringBuilder("functions:\n  millrace:\n");
    for (String function : functions) {
      String name = "{name: f" + text.length() + ", input: [{path: box/in}], ";
      text.append("  - ").append(name).append(function.substring(1)).append("\n");
    }
    return Files.writeString(folder.resolve("f.yaml"), text);
  }

  private static DeployAnswer deploy(Path fdl) throws IOException {
    FdlFiles.Companions along = Wired.fdl().companions(fdl);
    Map<String, String> digests = new HashMap<>();
    for (Map.Entry<String, Path> file : along.files().entrySet()) {
      digests.put(file.getKey(), client.keepFile(file.getValue()));
    }
    return client.deploy(
        new DeployRequest("f.yaml", Files.readString(fdl), along.scripts(), digests, false));
  }
}
