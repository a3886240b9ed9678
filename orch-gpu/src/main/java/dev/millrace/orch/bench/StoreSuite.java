package dev.millrace.orch.bench;

import dev.millrace.schema.object.ListPage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The embedded store over HTTP, by pre-signed requests of a thin client. The floor writes files of
 * the same sizes at the same concurrency, each synced and its folder too.
 */
record StoreSuite() implements Suite {
  private static final int SMALL = 4 << 10;
  private static final int LARGE = 16 << 20;
  private static final int CONNECTIONS = 8;
  private static final int FEW = 2;
  private static final int PAGE = 1_000;
  private static final String BUCKET = "bench";
  private static final Duration VALID = Duration.ofMinutes(30);

  @Override
  public String name() {
    return "store";
  }

  @Override
  public void measure(Bench bench) throws IOException, InterruptedException {
    bench.doing("store: starting");
    Path folder = bench.folder("store");
    Path config = Functions.configuration(folder, false, "");
    try (Child child = Child.up(bench, folder.resolve("data"), config, Child.How.USUAL)) {
      child.store().ensureBucket(BUCKET);
      small(child, folder);
      large(child, folder);
      list(child);
    }
  }

  private static HttpLoad load(Child child, int connections) {
    int port = child.store().presignGet(BUCKET, "x", VALID).getPort();
    return new HttpLoad(child.bench().ticker(), port, connections);
  }

  private static List<URI> puts(Child child, String prefix, int count) {
    List<URI> urls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      urls.add(child.store().presignPut(BUCKET, prefix + i, VALID));
    }
    return urls;
  }

  private static HttpLoad.Taken put(Child child, String prefix, int count, byte[] body, int at)
      throws IOException, InterruptedException {
    List<URI> urls = puts(child, prefix, count);
    return load(child, at).send(count, n -> HttpLoad.Request.of("PUT", urls.get(n), body));
  }

  private static HttpLoad.Taken get(Child child, String prefix, int count, int at)
      throws IOException, InterruptedException {
    List<URI> urls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      urls.add(child.store().presignGet(BUCKET, prefix + i, VALID));
    }
    return load(child, at).send(count, n -> HttpLoad.Request.of("GET", urls.get(n), new byte[0]));
  }

  private static void small(Child child, Path folder) throws IOException, InterruptedException {
    Bench bench = child.bench();
    byte[] body = new byte[SMALL];
    double rate = put(child, "warm/", bench.quickOr(200, 1_000), body, CONNECTIONS).perSecond();
    int count = (int) Math.max(50, rate * bench.round().toMillis() / 1_000);
    Rounds puts = new Rounds();
    Rounds tails = new Rounds();
    Rounds gets = new Rounds();
    Rounds floors = new Rounds();
    for (int round = 0; round < bench.rounds(); round++) {
      bench.doing("store: " + count + " objects of 4 KiB, round " + (round + 1));
      floors.add(
          new Floors(bench.ticker())
              .syncedFiles(
                  folder.resolve("floor-small-" + round),
                  SMALL,
                  new Callers(bench.ticker(), CONNECTIONS),
                  count));
      HttpLoad.Taken taken = put(child, "small" + round + "/", count, body, CONNECTIONS);
      puts.add(taken.perSecond());
      tails.add(taken.millis(0.99));
      gets.add(get(child, "small" + round + "/", count, CONNECTIONS).perSecond());
    }
    bench.add(
        Figure.of("store.put.small", "PUT of 4 KiB, 8 clients", "/s", true, puts)
            .beside("files of 4 KiB written, synced, and their folder", floors));
    bench.add(Figure.of("store.put.small.p99", "PUT of 4 KiB, p99", "ms", false, tails));
    bench.add(Figure.of("store.get.small", "GET of 4 KiB, 8 clients", "/s", true, gets));
  }

  private static void large(Child child, Path folder) throws IOException, InterruptedException {
    Bench bench = child.bench();
    byte[] body = new byte[LARGE];
    int count = bench.quickOr(4, 12);
    double mib = LARGE >> 20;
    Rounds puts = new Rounds();
    Rounds gets = new Rounds();
    Rounds floors = new Rounds();
    for (int round = 0; round < bench.rounds(); round++) {
      bench.doing("store: objects of 16 MiB, round " + (round + 1));
      Path files = folder.resolve("floor-large-" + round);
      floors.add(
          mib
              * new Floors(bench.ticker())
                  .syncedFiles(files, LARGE, new Callers(bench.ticker(), FEW), count));
      Bench.remove(files);
      puts.add(mib * put(child, "large/", count, body, FEW).perSecond());
      gets.add(mib * get(child, "large/", count, FEW).perSecond());
    }
    bench.add(
        Figure.of("store.put.large", "PUT of 16 MiB, 2 clients", "MiB/s", true, puts)
            .beside("files of 16 MiB written, synced, and their folder", floors));
    bench.add(Figure.of("store.get.large", "GET of 16 MiB, 2 clients", "MiB/s", true, gets));
  }

  /** Empty objects until there are enough or the time is over; then all of them, by pages. */
  private static void list(Child child) throws IOException, InterruptedException {
    Bench bench = child.bench();
    int wanted = bench.quickOr(5_000, 100_000);
    long until = bench.ticker().nanos() + Duration.ofSeconds(bench.quickOr(6, 75)).toNanos();
    int there = 0;
    while (there < wanted && bench.ticker().nanos() - until < 0) {
      bench.doing("store: keys to list, " + there + " of " + wanted);
      put(child, "list/" + there + "-", PAGE, new byte[0], 2 * CONNECTIONS);
      there += PAGE;
    }
    Rounds rounds = new Rounds();
    for (int round = 0; round < bench.rounds(); round++) {
      bench.doing("store: listing " + there + " keys, round " + (round + 1));
      long began = bench.ticker().nanos();
      int seen = 0;
      for (String token = ""; token != null; ) {
        ListPage page = child.store().list(BUCKET, "list/", token, PAGE);
        seen += page.objects().size();
        token = page.next();
      }
      if (seen != there) {
        throw new IOException("the list has " + seen + " of " + there + " keys");
      }
      rounds.add(bench.secondsSince(began));
    }
    bench.add(
        Figure.of(
            "store.list." + there,
            "listing " + Figure.number(there) + " keys",
            "s",
            false,
            rounds));
  }
}
