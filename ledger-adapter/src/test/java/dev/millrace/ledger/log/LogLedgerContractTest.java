package dev.millrace.ledger.log;

import dev.millrace.ledger.FakeProvider;
import dev.millrace.ledger.LedgerContract;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class LogLedgerContractTest extends LedgerContract {
  @TempDir Path folder;

  @Override
  protected Ledger create() throws IOException {
    return LogLedger.open(
        new LogLedger.Settings(
            folder.resolve("a/b/ledger"), "example.org/log", SigningKey.generate(), this::keys));
  }

  private Optional<TrustedKeys> keys(ProviderId id) {
    FakeProvider known = provider;
    return id.equals(known.id()) ? Optional.of(known.keys()) : Optional.empty();
  }
}
