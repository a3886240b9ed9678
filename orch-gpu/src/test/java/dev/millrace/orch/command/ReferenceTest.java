package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** With {@code -Dmillrace.cli.write=true} the page is written anew. */
class ReferenceTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Setting setting() {
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new Setting(
        new Terminal(print, print, false, false, 80, 24),
        new NoLifecycle(),
        new NoFiles(),
        InstantSource.system(),
        Path.of(""),
        "1.2.3");
  }

  private static Path page() {
    Path here = Path.of("").toAbsolutePath();
    Path root = Files.exists(here.resolve("orch-gpu")) ? here : here.getParent();
    return root.resolve("docs/cli.md");
  }

  /** Those that people are told of. */
  private static void collect(CommandLine parent, List<CommandLine> all) {
    all.add(parent);
    shown(parent).forEach(child -> collect(child, all));
  }

  private static List<CommandLine> shown(CommandLine parent) {
    return parent.getSubcommands().values().stream()
        .filter(child -> !child.getCommandSpec().usageMessage().hidden())
        .toList();
  }

  @Test
  void thePageIsWhatTheCommandsSay() throws Exception {
    String made = Reference.of(Millrace.commandLine(setting()));
    if (Boolean.getBoolean("millrace.cli.write")) {
      Files.writeString(page(), made);
    }

    assertThat(page())
        .as("run ReferenceTest with -Dmillrace.cli.write=true, and look at what changed")
        .hasContent(made);
  }

  @Test
  void adviceKnowsEveryCommandAndWhoseFolderItTakes() {
    Hints hints = Hints.of("./millrace", Map.of(), "up", "--data", "here");
    List<CommandLine> all = new ArrayList<>();
    collect(Millrace.commandLine(setting()), all);
    all.removeFirst();
    for (CommandLine command : all) {
      String words = command.getCommandSpec().qualifiedName();
      boolean folder = command.getCommandSpec().findOption("--data") != null;
      if (!folder && !command.getSubcommands().isEmpty()) {
        continue; // Nothing by itself.
      }
      boolean takes = folder && !Hints.WITHOUT_DATA.contains(command.getCommandName());

      assertThat(hints.in("give '" + words + " X'"))
          .isEqualTo("give './" + words + (takes ? " --data here" : "") + " X'");
    }
    List<String> first = all.stream().map(c -> c.getCommandSpec().qualifiedName()).toList();
    assertThat(Hints.COMMANDS).allMatch(name -> first.contains("millrace " + name));
    for (String own : List.of("demo", "restore")) {
      assertThat(Hints.WITHOUT_DATA).contains(own);
    }
  }

  @Test
  void everyHelpFitsEightyColumnsAndEveryCommandHasAnExample() {
    List<CommandLine> all = new ArrayList<>();
    collect(Millrace.commandLine(setting()), all);
    for (CommandLine command : all) {
      String help = command.getUsageMessage();
      assertThat(help).as(command.getCommandName()).contains("Example");
      assertThat(help.lines()).allSatisfy(l -> assertThat(l.length()).as(l).isLessThan(81));
    }
  }

  /** Commands without {@code --json}, and why. */
  private static final Map<String, String> NO_JSON =
      Map.of(
          "millrace", "has commands",
          "demo", "a show for people",
          "up", "stays; coordinator.json and store.env say the same",
          "store", "stays; store.env says the same",
          "coordinator", "stays; coordinator.json says the same",
          "provider", "stays",
          "ledger", "has commands",
          "secret", "has commands",
          "completion", "is a script");

  @Test
  void everyCommandThatPrintsForPeoplePrintsJsonToo() {
    List<CommandLine> all = new ArrayList<>();
    collect(Millrace.commandLine(setting()), all);

    assertThat(all.stream().filter(c -> c.getCommandSpec().findOption("--json") == null))
        .extracting(CommandLine::getCommandName)
        .containsExactlyInAnyOrderElementsOf(NO_JSON.keySet());
  }

  @Test
  void bashCompletesCommandsAndOptions(@TempDir Path folder) throws Exception {
    assertThat(Millrace.run(setting(), "completion")).isZero();
    Path script = folder.resolve("script");
    Files.writeString(script, out.toString(StandardCharsets.UTF_8));

    assertThat(completed(script, "millrace", "jo")).contains("job", "jobs");
    assertThat(completed(script, "millrace", "jobs", "--st")).containsExactly("--state");
    assertThat(completed(script, "millrace", "ledger", "ver")).containsExactly("verify");
    assertThat(Millrace.run(setting(), "completion", "tcsh")).isEqualTo(Exit.USAGE);
  }

  /** A real fish reads it in infra/checks/completion.sh. */
  @Test
  void fishIsToldEveryCommandAndOption() {
    assertThat(Millrace.run(setting(), "completion", "fish")).isZero();
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();

    List<CommandLine> all = new ArrayList<>();
    collect(Millrace.commandLine(setting()), all);
    for (CommandLine command : all) {
      String path =
          command.getCommandSpec().qualifiedName().replaceFirst("^millrace ?", "").strip();
      String at = "complete -c millrace -n '__millrace_at \\'" + path + "\\''";
      for (CommandLine child : shown(command)) {
        assertThat(lines).anyMatch(l -> l.startsWith(at + " -a " + child.getCommandName() + " "));
      }
      for (CommandLine.Model.OptionSpec option : command.getCommandSpec().options()) {
        String name = option.longestName().substring(2);
        assertThat(lines)
            .as(path + " --" + name)
            .filteredOn(l -> l.startsWith(at) && l.contains(" -l " + name + " "))
            .singleElement()
            .asString()
            .matches(l -> option.arity().max() == 0 || l.contains(" -x") || l.contains(" -r"));
      }
    }
    assertThat(lines)
        .allMatch(line -> line.replace("\\'", "").chars().filter(c -> c == '\'').count() % 2 == 0);
  }

  /** What a bash would offer for the last of these words. */
  private static List<String> completed(Path script, String... words) throws Exception {
    String line =
        "source '%s'; COMP_WORDS=(%s); COMP_CWORD=%d; COMP_LINE='%s'; COMP_POINT=%d;"
            + " _millrace_words; printf '%%s\\n' \"${COMPREPLY[@]}\"";
    String joined = String.join(" ", words);
    Process bash =
        new ProcessBuilder(
                "bash",
                "--norc",
                "-c",
                line.formatted(script, joined, words.length - 1, joined, joined.length()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return said.lines().map(String::strip).toList();
  }
}
