package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands write for the eye. */
final class TerminalTest {
  private static final String LONG_KEY = "in/" + "a-rather-long-name-".repeat(9) + "\u65e5.fa";

  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void start() throws IOException {
    shell = new Shell(folder);
  }

  @AfterEach
  void stop() {
    shell.close();
  }

  @Test
  void everyTableAndSheetFitsEightyColumns() {
    shell.desk.add(Jobs.full(1, LONG_KEY));
    shell.desk.add(Jobs.view(2, JobState.WAITING, LONG_KEY));
    shell.desk.devices.add(device());
    shell.desk.ledger.append(
        List.of(
            new LedgerEntry(
                new AttemptId(Jobs.id(1), 1),
                new LedgerEntry.Unattested("no receipt came, " + "and so on ".repeat(20)),
                Jobs.NOW,
                Jobs.NOW.plusSeconds(4000),
                new Money(1, "EUR"),
                new Money(1_234_567_890_123L, "EUR"))));
    shell.desk.ledger.nextVerification =
        new Ledger.Verification.Broken(List.of(new Ledger.Problem(3, "is " + "so ".repeat(60))));

    for (String line :
        List.of(
            "jobs",
            "job " + Jobs.id(1),
            "job " + Jobs.id(2),
            "gpus",
            "functions",
            "ledger list",
            "ledger show 0",
            "ledger verify",
            "ledger prove 0",
            "explain s3://b/k")) {
      shell.forget();
      shell.run(line.split(" "));
      assertThat(shell.out()).as(line).isNotBlank();
      assertThat(shell.out().lines())
          .as(line)
          .allSatisfy(t -> assertThat(Words.width(t)).as(t).isLessThanOrEqualTo(80));
    }
  }

  @Test
  void everyHelpFitsEightyColumnsAndHasAnExample() {
    for (String command :
        List.of(
            "demo",
            "up",
            "deploy",
            "functions",
            "remove",
            "put",
            "get",
            "jobs",
            "job",
            "logs",
            "cancel",
            "redrive",
            "discard",
            "gpus",
            "explain",
            "ledger",
            "ledger list",
            "ledger show",
            "ledger verify",
            "ledger prove",
            "ledger checkpoint",
            "ledger key",
            "validate",
            "init",
            "doctor",
            "backup",
            "restore",
            "convert",
            "version")) {
      shell.forget();
      assertThat(shell.run((command + " --help").split(" "))).isZero();
      assertThat(shell.out()).as(command).contains("Example", "  millrace " + command);
      assertThat(shell.out().lines())
          .allSatisfy(t -> assertThat(t.length()).as(t).isLessThanOrEqualTo(80));
    }
  }

  @Test
  void writesOutWhatATerminalWouldObey() {
    shell.desk.add(Jobs.view(1, JobState.DEAD, "\u001b[2Jevil\nkey\u202e"));

    shell.run("jobs");
    shell.run("job", Jobs.id(1).value());

    assertThat(shell.out()).doesNotContain("\u001b", "\u202e").contains("\\u001b[2J");
  }

  @Test
  void coloursOnATerminalUnlessToldNotTo() {
    shell.desk.add(Jobs.view(1, JobState.DEAD, "a"));

    shell.runOnATerminal("jobs");
    assertThat(shell.out()).contains("\u001b[31mdead\u001b[0m");
    shell.forget();
    shell.runOnATerminal("jobs", "--no-color");
    assertThat(shell.out()).contains("dead").doesNotContain("\u001b");
  }

  @Test
  void whatIsWrittenIsToldWithoutColoursToo() {
    shell.runOnATerminal("init", "one");
    assertThat(shell.out()).contains("\u001b[32mwrote\u001b[0m one/function.yaml");
    shell.forget();
    shell.runOnATerminal("init", "two", "--no-color");
    assertThat(shell.out()).contains("wrote two/function.yaml").doesNotContain("\u001b");
  }

  private static FrontDesk.DeviceReport device() {
    Accelerator gpu =
        new Accelerator(
            new AcceleratorId("host-with-a-long-name.example.org/GPU-" + "0".repeat(36)),
            new ProviderId("host-with-a-long-name.example.org"),
            new PoolId("default"),
            AcceleratorKind.GPU,
            "NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition",
            "GPU-1",
            new MemoryMib(97_000),
            0,
            Enforcement.COOPERATIVE,
            true);
    FrontDesk.Holder holder =
        new FrontDesk.Holder(new AttemptId(Jobs.id(1), 1), new MemoryMib(96_999), 100, true);
    return new FrontDesk.DeviceReport(gpu, true, null, new MemoryMib(96_999), 100, List.of(holder));
  }
}
