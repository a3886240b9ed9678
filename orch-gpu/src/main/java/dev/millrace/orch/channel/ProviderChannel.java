package dev.millrace.orch.channel;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.JournalException;
import dev.millrace.orch.order.Orders;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * The run channel as one provider may use it: for orders and runs of its own, and for no others.
 *
 * @param provider by its token
 */
public record ProviderChannel(RunChannel all, Journal journal, Orders orders, ProviderId provider)
    implements RunChannel {

  @Override
  public Claim claim(SignedBytes order, RunId run) throws IOException {
    return switch (orders.check(order)) {
      case Orders.Seen.Not(String reason) -> new Claim.Refused(reason);
      case Orders.Seen.Ours(Order ours) ->
          ours.provider().equals(provider)
              ? all.claim(order, run)
              : new Claim.Refused(
                  "the order is for provider "
                      + ours.provider()
                      + ", and the token is provider "
                      + provider
                      + "'s");
    };
  }

  @Override
  public UrlAnswer url(RunRef run, Want want) throws IOException {
    return own(run)
        ? all.url(run, want)
        : new UrlAnswer.Refused("the run is not one of provider " + provider);
  }

  @Override
  public Renewal renew(RunRef run, long counter) throws IOException {
    return own(run) ? all.renew(run, counter) : Renewal.STALE;
  }

  @Override
  public Settled settle(RunRef run, SignedBytes manifest) throws IOException {
    return own(run) ? all.settle(run, manifest) : Settled.REFUSED;
  }

  @Override
  public Followed followed(ProviderId asking, long known, Duration patience)
      throws IOException, InterruptedException {
    return all.followed(provider, known, patience);
  }

  @Override
  public Heard printed(RunRef run, long from, byte[] text) throws IOException {
    return own(run) ? all.printed(run, from, text) : new Heard.Enough();
  }

  private boolean own(RunRef run) throws IOException {
    try {
      Optional<Attempt> attempt = journal.attemptOfAny(run.attempt());
      return attempt.filter(a -> a.provider().equals(provider)).isPresent();
    } catch (JournalException e) {
      throw new IOException("the journal did not answer: " + e.getMessage(), e);
    }
  }
}
