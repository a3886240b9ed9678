package dev.millrace.orch.up;

import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.config.ConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;

/** A whole machine that runs any function as a process, and its administrator's client. */
record AskedMachine(Machine machine, CoordinatorClient client) implements AutoCloseable {
  private static final String CONFIG =
      """
      {api: {port: 0}, store: {port: 0}, leases: {manifest_poll: 50ms},
       provider: {runners: {process: {allow: ['*']}, docker: {enabled: false}}}}
      """;

  /** On this data folder, as it is. */
  static AskedMachine on(Path folder) throws Exception {
    Machine machine =
        Machine.start(
            new ConfigReader(name -> null).read("millrace.yaml", CONFIG, folder), folder, "test");
    String token = Files.readString(folder.resolve(TokenFile.NAME)).strip();
    return new AskedMachine(machine, new CoordinatorClient(machine.apiEndpoint(), token));
  }

  @Override
  public void close() {
    client.close();
    machine.close();
  }
}
