package dev.millrace.orch.bench;

import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.LedgerEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Entries hashed and durable, receipts verified, proofs; the floor syncs the same bytes. */
record LedgerSuite() implements Suite {
  private static final int BATCH = 1_000;
  private static final int CALLERS = 8;
  private static final double MILLIS_OF_PROOF = 1;

  @Override
  public String name() {
    return "ledger";
  }

  @Override
  public void measure(Bench bench) throws IOException, InterruptedException {
    bench.doing("ledger: making receipts");
    Receipts receipts = new Receipts();
    List<LedgerEntry> signed = receipts.signed(bench.quickOr(1_000, 4_000));
    append(bench, receipts, signed);
    verify(bench, receipts, signed);
  }

  private static void append(Bench bench, Receipts receipts, List<LedgerEntry> signed)
      throws IOException, InterruptedException {
    int count = bench.quickOr(20_000, 100_000);
    List<LedgerEntry> entries = receipts.like(signed.getFirst(), count);
    int bytes = Json.bytes(signed.getFirst()).length;
    Rounds rounds = new Rounds();
    Rounds floors = new Rounds();
    Callers callers = new Callers(bench.ticker(), CALLERS);
    Path last = bench.folder("ledger");
    for (int round = 0; round < bench.rounds(); round++) {
      bench.doing("ledger: appending, round " + (round + 1));
      Path folder = bench.folder("ledger");
      floors.add(
          BATCH
              * new Floors(bench.ticker())
                  .syncedAppends(folder, bytes * BATCH, bench.quickOr(20, 100)));
      last = folder.resolve("log");
      try (Ledger ledger = bench.ground().ledger(last, receipts.keys())) {
        rounds.add(
            BATCH
                * callers.perSecond(
                    count / BATCH,
                    n -> ledger.append(entries.subList(n * BATCH, (n + 1) * BATCH))));
      }
    }
    bench.add(
        Figure.of("ledger.append", "entries hashed and durable", "/s", true, rounds)
            .beside("the same bytes written and synced in the same batches", floors)
            .within(Budget.atLeast(50_000)));
    prove(bench, receipts, last, count);
  }

  private static void prove(Bench bench, Receipts receipts, Path folder, int size)
      throws IOException {
    Rounds half = new Rounds();
    Rounds most = new Rounds();
    try (Ledger ledger = bench.ground().ledger(folder, receipts.keys())) {
      for (int round = 0; round < bench.rounds(); round++) {
        bench.doing("ledger: proving, round " + (round + 1));
        long[] nanos = new long[bench.quickOr(2_000, 10_000)];
        for (int i = 0; i < nanos.length; i++) {
          long began = bench.ticker().nanos();
          boolean proven = ledger.prove(i * 7_919L % size).isPresent();
          nanos[i] = bench.ticker().nanos() - began;
          if (!proven) {
            throw new IOException("the ledger has no proof of entry " + i * 7_919L % size);
          }
        }
        Arrays.sort(nanos);
        half.add(Rounds.millis(nanos, 0.5));
        most.add(Rounds.millis(nanos, 0.99));
      }
    }
    String of = "a proof among " + Figure.number(size) + " entries, ";
    bench.add(
        Figure.of("ledger.proof.p50", of + "p50", "ms", false, half)
            .within(Budget.atMost(MILLIS_OF_PROOF)));
    bench.add(
        Figure.of("ledger.proof.p99", of + "p99", "ms", false, most)
            .within(Budget.atMost(MILLIS_OF_PROOF)));
  }

  private static void verify(Bench bench, Receipts receipts, List<LedgerEntry> signed) {
    Rounds rounds = new Rounds();
    Rounds floors = new Rounds();
    for (int round = 0; round <= bench.rounds(); round++) {
      bench.doing("ledger: verifying, round " + round);
      long began = bench.ticker().nanos();
      if (!receipts.verified(signed)) {
        throw new IllegalStateException("a signature that was just made does not verify");
      }
      double floor = signed.size() / bench.secondsSince(began);
      began = bench.ticker().nanos();
      int faults = bench.ground().faults(signed, receipts.keys());
      double rate = signed.size() / bench.secondsSince(began);
      if (faults > 0) {
        throw new IllegalStateException("the audit finds " + faults + " faults in good receipts");
      }
      if (round > 0) {
        floors.add(floor);
        rounds.add(rate);
      }
    }
    bench.add(
        Figure.of("ledger.verify", "receipts verified", "/s", true, rounds)
            .beside("their signatures alone, on all processors", floors)
            .within(Budget.atLeast(1_000)));
  }
}
