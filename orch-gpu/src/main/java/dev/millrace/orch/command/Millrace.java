package dev.millrace.orch.command;

import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
    name = "millrace",
    description = "GPU functions on your own buckets.",
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:what was asked for failed, or is not there",
      "2:the command line is wrong",
      "3:no coordinator answers, or something that is none",
      "4:the token is missing, wrong, or may not do this"
    },
    footer = {
      "",
      "Example:",
      "  millrace demo                            see it work",
      "  millrace up                              start it here",
      "  millrace deploy function.yaml            then, elsewhere: deploy a function,",
      "  millrace put page.png s3://pages/in/     drop a file,",
      "  millrace jobs --watch                    and see what becomes of it"
    })
public final class Millrace implements Callable<Integer> {
  /** The parser's library writes no narrower help. */
  private static final int HELP_MIN = 55;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = CommandLine.ScopeType.LOCAL,
      description = "Show this help.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print the version of this program.")
  boolean version;

  private Millrace() {}

  /** Runs one command and answers with its exit code. */
  public static int run(Setting setting, String... args) {
    return commandLine(setting).execute(args);
  }

  static CommandLine commandLine(Setting setting) {
    return commandLine(setting, System.in);
  }

  /**
   * The whole command line.
   *
   * @param in where values come from that are not for the command line
   */
  static CommandLine commandLine(Setting setting, InputStream in) {
    CommandLine line =
        new CommandLine(new Millrace())
            .addSubcommand(new DemoCommand(setting))
            .addSubcommand(new UpCommand(setting))
            .addSubcommand(new StoreCommand(setting))
            .addSubcommand(new CoordinatorCommand(setting))
            .addSubcommand(new ProviderCommand(setting))
            .addSubcommand(token(setting))
            .addSubcommand(secret(setting, in))
            .addSubcommand(new DeployCommand(setting))
            .addSubcommand(new FunctionsCommand(setting))
            .addSubcommand(new RemoveCommand(setting))
            .addSubcommand(new PutCommand(setting))
            .addSubcommand(new GetCommand(setting))
            .addSubcommand(new LsCommand(setting))
            .addSubcommand(new JobsCommand(setting))
            .addSubcommand(new JobCommand(setting))
            .addSubcommand(new LogsCommand(setting))
            .addSubcommand(new CancelCommand(setting))
            .addSubcommand(new RedriveCommand(setting))
            .addSubcommand(new DiscardCommand(setting))
            .addSubcommand(new GpusCommand(setting))
            .addSubcommand(new ExplainCommand(setting))
            .addSubcommand(ledger(setting))
            .addSubcommand(new WebhookCommand(setting))
            .addSubcommand(new ValidateCommand(setting))
            .addSubcommand(new InitCommand(setting))
            .addSubcommand(new DoctorCommand(setting))
            .addSubcommand(new BackupCommand(setting))
            .addSubcommand(new RestoreCommand(setting))
            .addSubcommand(
                new CommandLine(new RetentionCommand(setting))
                    .addSubcommand(new RetentionRunCommand(setting)))
            .addSubcommand(new ConvertCommand(setting))
            .addSubcommand(new BenchCommand(setting))
            .addSubcommand(new CompletionCommand(setting))
            .addSubcommand(new OfferCommand(setting))
            .addSubcommand(new VersionCommand(setting));
    Failures failures = new Failures(setting.terminal());
    Footers.flow(line.getCommandSpec());
    line.getCommandSpec().version("millrace " + setting.version());
    return line.setOut(writer(setting.terminal().out()))
        .setErr(writer(setting.terminal().err()))
        .setUsageHelpWidth(Math.clamp(setting.terminal().columns(), HELP_MIN, 100))
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(
                setting.terminal().colors() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
        .setExecutionStrategy(Blank::refusing)
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures);
  }

  private static CommandLine token(Setting setting) {
    return new CommandLine(new TokenCommand(setting))
        .addSubcommand(new TokenListCommand(setting))
        .addSubcommand(new TokenRevokeCommand(setting));
  }

  private static CommandLine secret(Setting setting, InputStream in) {
    return new CommandLine(new SecretCommand())
        .addSubcommand(new SecretSetCommand(setting, in))
        .addSubcommand(new SecretListCommand(setting))
        .addSubcommand(new SecretRemoveCommand(setting))
        .addSubcommand(new SecretRekeyCommand(setting));
  }

  private static CommandLine ledger(Setting setting) {
    return new CommandLine(new LedgerCommand())
        .addSubcommand(new LedgerListCommand(setting))
        .addSubcommand(new LedgerShowCommand(setting))
        .addSubcommand(new LedgerVerifyCommand(setting))
        .addSubcommand(new LedgerProveCommand(setting))
        .addSubcommand(new LedgerCheckpointCommand(setting))
        .addSubcommand(new LedgerKeyCommand(setting));
  }

  private static PrintWriter writer(java.io.PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  /** Alone it says what there is. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return Exit.USAGE;
  }
}
