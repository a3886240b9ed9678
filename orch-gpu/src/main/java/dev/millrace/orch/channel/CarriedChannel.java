package dev.millrace.orch.channel;

import dev.millrace.orch.secret.Carrier;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.time.Duration;

/** The run channel for those whom its answers come to in one way, never near. */
record CarriedChannel(JournalChannel all, Carrier carrier) implements RunChannel {
  @Override
  public Claim claim(SignedBytes order, RunId run) throws IOException {
    return all.claim(order, run, carrier);
  }

  @Override
  public UrlAnswer url(RunRef run, Want want) throws IOException {
    return all.url(run, want);
  }

  @Override
  public Renewal renew(RunRef run, long counter) throws IOException {
    return all.renew(run, counter);
  }

  @Override
  public Followed followed(ProviderId provider, long known, Duration patience)
      throws InterruptedException {
    return all.followed(provider, known, patience);
  }

  @Override
  public Heard printed(RunRef run, long from, byte[] text) throws IOException {
    return all.printed(run, from, text);
  }

  @Override
  public Settled settle(RunRef run, SignedBytes manifest) throws IOException {
    return all.settle(run, manifest);
  }
}
