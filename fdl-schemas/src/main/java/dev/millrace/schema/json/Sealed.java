package dev.millrace.schema.json;

import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.run.RunOutcome;
import java.util.List;

/** The sealed types that cross a wall as JSON. */
final class Sealed {
  static final List<Class<?>> TYPES =
      List.of(
          RunOutcome.class,
          LedgerEntry.Evidence.class,
          Ledger.Verification.class,
          RunChannel.Want.class,
          UploadStep.class,
          RunChannel.Claim.class,
          RunChannel.UrlAnswer.class,
          RunChannel.Followed.class,
          RunChannel.Heard.class);

  private Sealed() {}
}
