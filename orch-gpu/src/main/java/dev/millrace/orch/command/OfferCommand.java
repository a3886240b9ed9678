package dev.millrace.orch.command;

import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * What a shell asks when someone presses TAB: the names that a command line may go on with, one a
 * line. Quick and quiet: whatever is wrong, and where no coordinator answers at once, it offers
 * nothing.
 */
@Command(
    name = "offer",
    hidden = true,
    description = "Print the names that may complete the last of these words, for shells.")
final class OfferCommand implements Callable<Integer> {
  /** Whoever presses TAB waits for it; a cold start on a busy machine needs its time, too. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Setting setting;

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..*",
      paramLabel = "WORD",
      description = "The command line without the program, after '--'.")
  List<String> words = List.of();

  OfferCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    FutureTask<List<String>> asked = new FutureTask<>(this::offered);
    Thread.ofVirtual().name("offer").start(asked);
    try {
      asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).forEach(setting.terminal()::line);
    } catch (ExecutionException | TimeoutException e) {
      // A shell shows what it is told in the middle of what is typed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Exit.OK;
  }

  private List<String> offered() throws IOException {
    if (words.isEmpty()) {
      return List.of();
    }
    TypedLine line = TypedLine.of(spec.root(), words);
    Optional<NameKind> kind = line.next().flatMap(next -> NameKind.of(line.command(), next));
    if (kind.isEmpty()) {
      return List.of();
    }
    try (CoordinatorClient client = common(line).connect(setting, PATIENCE)) {
      return new KnownNames(client, line.options().get("--store"))
          .of(kind.get(), line.command().name(), line.word());
    }
  }

  /** Where the typed command would ask. */
  private static Common common(TypedLine line) {
    Common common = new Common();
    String[] given =
        line.options().entrySet().stream()
            .filter(
                option -> List.of("--data", "--endpoint", "--token-file").contains(option.getKey()))
            .map(option -> option.getKey() + "=" + option.getValue())
            .toArray(String[]::new);
    CommandLine.populateCommand(common, given);
    return common;
  }
}
