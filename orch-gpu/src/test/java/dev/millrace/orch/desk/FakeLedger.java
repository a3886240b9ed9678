package dev.millrace.orch.desk;

import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.LedgerKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A ledger in memory that proves nothing; it finds what a test tells it to. */
public final class FakeLedger implements Ledger {
  static final String ROOT = "ab".repeat(32);

  public final List<Recorded> recorded = new CopyOnWriteArrayList<>();
  public final List<Optional<Checkpoint>> verified = new CopyOnWriteArrayList<>();
  public volatile Verification nextVerification = new Verification.Sound(0, ROOT);

  /** Whether it signs nothing any more. */
  public volatile boolean damaged;

  /** What a verification does on its way. */
  public volatile Consumer<LongConsumer> reading = progress -> {};

  @Override
  public List<Appended> append(List<LedgerEntry> entries) {
    List<Appended> answers = new ArrayList<>();
    for (LedgerEntry entry : entries) {
      recorded.add(new Recorded(recorded.size(), "cd".repeat(32), new byte[] {1, 2}, entry));
      answers.add(new Appended.New(recorded.size() - 1));
    }
    return answers;
  }

  @Override
  public List<Recorded> entries(long from, int max) {
    return recorded.stream().skip(from).limit(max).toList();
  }

  @Override
  public Optional<Recorded> entryOf(AttemptId attempt) {
    return recorded.stream().filter(r -> r.entry().attempt().equals(attempt)).findFirst();
  }

  @Override
  public Checkpoint checkpoint() throws IOException {
    if (damaged) {
      throw new IOException("the ledger is damaged and takes nothing more; run verify");
    }
    String root = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=";
    return new Checkpoint(
        "millrace.test",
        recorded.size(),
        ROOT,
        "millrace.test\n" + recorded.size() + "\n" + root + "\n\n\u2014 millrace.test c2ln\n");
  }

  @Override
  public LedgerKey publicKey() {
    return new LedgerKey(
        "millrace.test",
        "c74f20a3",
        "millrace.test+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
  }

  @Override
  public Verification verify(@Nullable Checkpoint trusted) {
    verified.add(Optional.ofNullable(trusted));
    return nextVerification;
  }

  @Override
  public Verification verify(@Nullable Checkpoint trusted, LongConsumer progress) {
    Verification found = verify(trusted);
    reading.accept(progress);
    return found;
  }

  @Override
  public Optional<Proof> prove(long index) throws IOException {
    return index < recorded.size()
        ? Optional.of(new Proof(index, "cd".repeat(32), List.of("ef".repeat(32)), checkpoint()))
        : Optional.empty();
  }

  @Override
  public void close() {}
}
