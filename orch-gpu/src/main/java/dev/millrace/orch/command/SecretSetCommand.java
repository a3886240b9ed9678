package dev.millrace.orch.command;

import dev.millrace.orch.api.view.SecretView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.secret.SecretText;
import dev.millrace.schema.id.SecretName;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Keeps a secret. */
@Command(
    name = "set",
    description = {
      "Set a secret, or give it another value.",
      "The value is read from a file or from standard input, never from the command line, where"
          + " every process could see it. Text up to 64 KiB; a line end behind a single line is not"
          + " part of it. Runs that are underway keep the value that they have."
    },
    footer = {
      "",
      "Examples:",
      "  millrace secret set maps.key --from-file key.txt",
      "  pass show maps | millrace secret set maps.key"
    })
final class SecretSetCommand implements Callable<Integer> {
  private final Setting setting;
  private final InputStream in;

  @Mixin Common common = new Common();

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "What functions call it: letters, digits, '.', '_' and '-'.")
  String name = "";

  @Parameters(index = "1..*", hidden = true)
  List<String> more = List.of();

  @Option(
      names = "--from-file",
      paramLabel = "FILE",
      description = "The file whose text is the value (default: standard input).")
  @Nullable Path file;

  SecretSetCommand(Setting setting, InputStream in) {
    this.setting = setting;
    this.in = in;
  }

  @Override
  public Integer call() throws IOException {
    if (!more.isEmpty()) {
      throw Mistake.usage(
          "the value is not given on the command line, where every process can see it: use"
              + " --from-file FILE, or standard input");
    }
    SecretName secret = name(name);
    try (CoordinatorClient client = common.connect(setting)) {
      String value = value();
      ValuesByWire.check(client);
      SecretView kept = client.setSecret(secret, value);
      if (common.json) {
        common.json(setting, kept);
      } else {
        common.terminal(setting).line("set " + kept.name() + " (" + Words.size(kept.bytes()) + ")");
      }
      return Exit.OK;
    }
  }

  static SecretName name(String text) {
    try {
      return new SecretName(text);
    } catch (IllegalArgumentException e) {
      throw Mistake.usage(String.valueOf(e.getMessage()));
    }
  }

  private String value() throws IOException {
    Console console = System.console();
    if (file == null && console != null && console.isTerminal()) {
      char[] typed = console.readPassword("value of %s (not shown): ", name);
      return checked(typed == null ? "" : new String(typed));
    }
    try {
      return checked(SecretText.of(bytes()));
    } catch (CharacterCodingException e) {
      throw Mistake.usage(SecretText.notText());
    }
  }

  /** Looked at here, so that no coordinator has to. */
  private static String checked(String value) {
    SecretText.refusal(value)
        .ifPresent(reason -> {
          throw Mistake.usage(reason);
        });
    return value;
  }

  /** A little more than is allowed is enough to see that it is too much. */
  private byte[] bytes() throws IOException {
    Path from = file;
    if (from == null) {
      return in.readNBytes(SecretText.BYTES_MAX + 3);
    }
    try (InputStream opened = Files.newInputStream(setting.folder().resolve(from))) {
      return opened.readNBytes(SecretText.BYTES_MAX + 3);
    }
  }
}
