package dev.millrace.orch.command;

import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What an argument names that a coordinator knows. */
enum NameKind {
  /** A bucket, folder or object: {@code s3://bucket/key}. */
  OBJECT,
  /** A deployed function. */
  FUNCTION,
  /** A job. */
  JOB,
  /** A bucket alone. */
  BUCKET;

  /** By how the argument is called in the help; empty for what no coordinator is asked for. */
  static Optional<NameKind> of(CommandSpec command, ArgSpec argument) {
    if (command.findOption("--endpoint") == null) {
      return Optional.empty();
    }
    String label = argument.paramLabel();
    if (label.contains("s3://")) {
      return Optional.of(OBJECT);
    }
    if (argument instanceof OptionSpec option) {
      return switch (option.longestName()) {
        case "--function" -> Optional.of(FUNCTION);
        case "--bucket" -> Optional.of(BUCKET);
        default -> Optional.empty();
      };
    }
    return switch (label) {
      case "FUNCTION" -> Optional.of(FUNCTION);
      case "JOB" -> Optional.of(JOB);
      default -> Optional.empty();
    };
  }

  /** Whether a file may stand there as well. */
  static boolean isFileToo(ArgSpec argument) {
    return argument.paramLabel().toUpperCase(Locale.ROOT).contains("FILE");
  }
}
