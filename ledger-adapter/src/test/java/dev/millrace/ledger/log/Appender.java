package dev.millrace.ledger.log;

import dev.millrace.ledger.FakeProvider;
import dev.millrace.ledger.receipt.ProviderKeys;
import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/**
 * A process of its own that appends until it is killed or the disk is full, and says what it was
 * told.
 */
final class Appender {
  private Appender() {}

  /**
   * Runs.
   *
   * @param arguments folder, private key, public key, number of the first job
   */
  public static void main(String[] arguments) throws IOException {
    Base64.Decoder decoder = Base64.getDecoder();
    SigningKey key = SigningKey.of(decoder.decode(arguments[1]), decoder.decode(arguments[2]));
    LogLedger.Settings settings =
        new LogLedger.Settings(Path.of(arguments[0]), "example.org/log", key, ProviderKeys.none());
    try (LogLedger ledger = LogLedger.open(settings)) {
      for (long n = Long.parseLong(arguments[3]); n < 100_000; n++) {
        try {
          say("told " + n + " " + ledger.append(List.of(FakeProvider.unattested(n))));
        } catch (IOException e) {
          say("refused " + n + " " + e.getMessage());
          return;
        }
      }
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
