package dev.millrace.orch.command;

import dev.millrace.fdl.Nearest;
import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.orch.client.ApiFailure;
import dev.millrace.orch.client.Stalled;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** What a command says, and exits with, when it did not work out. */
final class Failures
    implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {
  private static final Pattern JOB = Pattern.compile("GET /v1/jobs/([0-9a-z]{26})\\b");
  private final Terminal terminal;

  Failures(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public int handleExecutionException(
      Exception thrown, CommandLine line, CommandLine.ParseResult parsed) throws Exception {
    return switch (thrown) {
      case Mistake mistake -> say(mistake.exitCode(), String.valueOf(mistake.getMessage()));
      case CommandLine.TypeConversionException e -> say(Exit.USAGE, String.valueOf(e.getMessage()));
      case ApiFailure.Unreachable e -> say(Exit.NOBODY, e.getMessage() + ": " + e.advice());
      case ApiFailure.Foreign e -> say(Exit.NOBODY, String.valueOf(e.getMessage()));
      case ApiFailure.Answered e -> answered(e);
      case IllegalArgumentException e -> say(Exit.USAGE, String.valueOf(e.getMessage()));
      case Stalled e -> say(Exit.FAILED, e.getMessage() + kept(e));
      case IOException e -> say(Exit.FAILED, sentence(e));
      default -> throw thrown;
    };
  }

  private static String kept(Stalled stalled) {
    return stalled.mayBeDone()
        ? ". The store was sent all of it and may have it: 'millrace ls' tells, before you give the"
            + " same again"
        : ". Nothing of this file is kept: give the same command again, with a longer"
            + " --stall-timeout where the network is slow";
  }

  private int answered(ApiFailure.Answered failure) {
    ProblemView problem = failure.problem();
    if (problem.status() == 401) {
      return say(
          Exit.TOKEN,
          "the coordinator does not know this token: give the right --data or --token-file");
    }
    if (problem.status() == 403) {
      return say(
          Exit.TOKEN, problem.detail() + ": give a token of a role that may with --token-file");
    }
    List<String> problems = problem.problems();
    if (problems == null || problems.isEmpty()) {
      return say(Exit.FAILED, oneLine(problem));
    }
    problems.forEach(terminal::tell);
    return say(Exit.FAILED, problem.detail());
  }

  /** What is wrong and what to do, on one line; routes are no advice for a terminal. */
  static String oneLine(ProblemView problem) {
    String next = problem.next();
    if (next == null) {
      return problem.detail();
    }
    return problem.detail() + ": " + advice(next);
  }

  private static String advice(String next) {
    return JOB.matcher(next)
        .replaceAll("'millrace job $1'")
        .replace("GET /v1/secrets lists", "'millrace secret list' shows")
        .replace("GET /v1/functions lists", "'millrace functions' lists")
        .replace("GET /v1/buckets lists", "'millrace ls' lists")
        .replace("GET /v1/jobs/{id}", "'millrace job ID'")
        .replace("GET /v1/tokens lists", "'millrace token list' lists")
        .replace("GET /v1/jobs lists", "'millrace jobs' lists")
        .replace("GET /v1/ledger/checkpoint tells", "'millrace ledger checkpoint' tells");
  }

  private static String sentence(IOException thrown) {
    String message = thrown.getMessage();
    return switch (thrown) {
      case NoSuchFileException e -> "there is no file " + e.getFile() + ": give one that is there";
      case AccessDeniedException e ->
          e.getFile() + " is not open to this user: change its rights, or run as its owner";
      default -> said(thrown, message);
    };
  }

  private static String said(IOException thrown, @Nullable String message) {
    return message == null || message.isBlank()
        ? "input or output failed: " + thrown.getClass().getSimpleName()
        : message;
  }

  private int say(int exit, String message) {
    terminal.tell("millrace: " + message);
    return exit;
  }

  @Override
  public int handleParseException(CommandLine.ParameterException thrown, String[] args) {
    String command = thrown.getCommandLine().getCommandSpec().qualifiedName();
    if (thrown instanceof CommandLine.UnmatchedArgumentException unmatched
        && !thrown.getCommandLine().getSubcommands().isEmpty()
        && !unmatched.isUnknownOption()) {
      return noCommand(thrown.getCommandLine(), unmatched.getUnmatched().getFirst());
    }
    terminal.tell("millrace: " + Wrong.said(thrown, args));
    CommandLine.UnmatchedArgumentException.printSuggestions(
        thrown,
        new java.io.PrintWriter(terminal.err(), true, java.nio.charset.StandardCharsets.UTF_8));
    terminal.tell("Try '" + command + " --help'.");
    return Exit.USAGE;
  }

  private int noCommand(CommandLine line, String word) {
    terminal.tell(
        "millrace: there is no command '"
            + word
            + "'"
            + Nearest.to(word, line.getSubcommands().keySet())
                .map(near -> "; did you mean '" + near + "'?")
                .orElse(""));
    terminal.tell("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
    return Exit.USAGE;
  }
}
