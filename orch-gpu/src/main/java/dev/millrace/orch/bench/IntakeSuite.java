package dev.millrace.orch.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Messages of a webhook to the answer that says that they are durable, while admission works on
 * them. The floor appends rows of the same size with a sync for as many as senders wait at once.
 */
record IntakeSuite() implements Suite {
  private static final String STORE = "minio.bench";
  private static final String TOKEN = "a token of the benchmark";
  private static final int[] SENDERS = {1, 16, 64};

  /** Rate and times of the budget are those of the same senders. */
  private static final int MEANT = 16;

  private static final int ROW_BYTES = 160;
  private static final String FDL =
      """
      functions:
        millrace:
        - name: noticed
          runner: process
          memory: 64Mi
          script: |
            exit 0
          input:
          - {storage_provider: minio.bench, path: bench-notices/in}
          output:
          - {storage_provider: minio.bench, path: bench-notices/out}
      """;

  @Override
  public String name() {
    return "intake";
  }

  @Override
  public void measure(Bench bench) throws IOException, InterruptedException {
    bench.doing("intake: starting");
    Path folder = bench.folder("intake");
    Path data = folder.resolve("data");
    int port = freePort();
    Child.How how =
        new Child.How(List.of(), List.of(), List.of("--store-port", Integer.toString(port)));
    // The first start makes the store's keys, by which the second one knows it as a store of
    // someone else.
    Child.up(bench, data, Functions.configuration(folder, false, ""), how).close();
    Path config = Functions.configuration(folder, false, stores(folder, data, port));
    try (Child child = Child.up(bench, data, config, how)) {
      child.store().ensureBucket("bench-notices");
      child.deploy(FDL);
      Map<Integer, Rounds[]> rounds = measure(child, folder);
      rounds.forEach((senders, of) -> add(bench, senders, of));
    }
  }

  private static Map<Integer, Rounds[]> measure(Child child, Path folder)
      throws IOException, InterruptedException {
    Bench bench = child.bench();
    Map<Integer, Rounds[]> all = new TreeMap<>();
    double rate = warmed(child, bench.quickOr(500, 4_000));
    int number = 1_000_000;
    for (int round = 0; round < bench.rounds(); round++) {
      for (int senders : SENDERS) {
        bench.doing("intake: " + senders + " senders, round " + (round + 1));
        Rounds[] of =
            all.computeIfAbsent(
                senders,
                s -> new Rounds[] {new Rounds(), new Rounds(), new Rounds(), new Rounds()});
        int bytes = ROW_BYTES * senders;
        of[3].add(
            senders
                * new Floors(bench.ticker()).syncedAppends(folder, bytes, bench.quickOr(100, 400)));
        double expected = senders == 1 ? rate / 10 : rate;
        int count = (int) Math.max(100, expected * bench.round().toMillis() / 1_000);
        HttpLoad.Taken taken = post(child, senders, count, number);
        number += count;
        of[0].add(taken.perSecond());
        of[1].add(taken.millis(0.5));
        of[2].add(taken.millis(0.99));
      }
    }
    return all;
  }

  /** Messages a second of the round by which the compilers have come to rest. */
  private static double warmed(Child child, int count) throws IOException, InterruptedException {
    Duration none = child.used();
    double[] rate = {post(child, MEANT, count, 0).perSecond()};
    Settling settling = new Settling(child);
    int before =
        settling.settle(
            "intake: " + count + " messages",
            count,
            settling.perPiece(none, count),
            round -> rate[0] = post(child, MEANT, count, (round + 1) * count).perSecond());
    child.bench().note("messages of a webhook: measured after " + (count + before) + " others");
    return rate[0];
  }

  private static void add(Bench bench, int senders, Rounds[] of) {
    String id = "intake." + senders;
    String by = ", " + senders + (senders == 1 ? " sender" : " senders");
    Figure rate =
        Figure.of(id, "messages durable" + by, "/s", true, of[0])
            .beside("rows of the same size, a sync for " + senders, of[3]);
    Figure half = Figure.of(id + ".p50", "answered, p50" + by, "ms", false, of[1]);
    Figure most = Figure.of(id + ".p99", "answered, p99" + by, "ms", false, of[2]);
    boolean meant = senders == MEANT;
    bench.add(meant ? rate.within(Budget.atLeast(5_000)) : rate);
    bench.add(meant ? half.within(Budget.atMost(5)) : half);
    bench.add(meant ? most.within(Budget.atMost(25)) : most);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The same store under another name, with a token that this benchmark knows. */
  private static String stores(Path folder, Path data, int port) throws IOException {
    Map<String, String> environment = new HashMap<>();
    for (String line : Files.readAllLines(data.resolve("store.env"))) {
      int equals = line.indexOf('=');
      if (line.startsWith("export ") && equals > 0) {
        environment.put(line.substring("export ".length(), equals), line.substring(equals + 1));
      }
    }
    Path id = secret(folder, "id", environment.getOrDefault("AWS_ACCESS_KEY_ID", ""));
    Path key = secret(folder, "key", environment.getOrDefault("AWS_SECRET_ACCESS_KEY", ""));
    Path token = secret(folder, "token", TOKEN);
    return """
    listing: {interval: 1h}
    stores:
      %s:
        endpoint: http://127.0.0.1:%d
        access_key_file: %s
        secret_key_file: %s
        webhook_token_file: %s
    """
        .formatted(STORE, port, id, key, token);
  }

  private static Path secret(Path folder, String name, String value) throws IOException {
    return Files.writeString(folder.resolve(name), value);
  }

  private static HttpLoad.Taken post(Child child, int senders, int count, int from)
      throws IOException, InterruptedException {
    URI api = child.client().endpoint();
    String more = "Authorization: Bearer " + TOKEN + "\r\nContent-Type: application/json\r\n";
    return new HttpLoad(child.bench().ticker(), api.getPort(), senders)
        .send(
            count,
            n ->
                HttpLoad.Request.with(
                    "POST", "/v1/notices/" + STORE, api.getAuthority(), more, message(from + n)));
  }

  /** As MinIO sends it, 1 KiB. */
  private static byte[] message(int number) {
    return """
    {"EventName":"s3:ObjectCreated:Put","Key":"bench-notices/in/%1$08d.txt","Records":[\
    {"eventVersion":"2.0","eventSource":"minio:s3","awsRegion":"",\
    "eventTime":"2026-11-22T12:00:00.000Z","eventName":"s3:ObjectCreated:Put",\
    "userIdentity":{"principalId":"minioadmin"},"requestParameters":{"principalId":\
    "minioadmin","region":"","sourceIPAddress":"127.0.0.1"},"responseElements":\
    {"x-amz-id-2":"dd9025bab4ad464b049177c95eb6ebf374d3b3fd1af9251148b658df7ac2e3e8",\
    "x-amz-request-id":"17A4F6A9C2F0B5F0","x-minio-deployment-id":\
    "4f2f2f0e-7d9f-4f2c-9d7a-6d1f3b1f2a11","x-minio-origin-endpoint":"http://127.0.0.1:9000"},\
    "s3":{"s3SchemaVersion":"1.0","configurationId":"Config","bucket":{"name":"bench-notices",\
    "ownerIdentity":{"principalId":"minioadmin"},"arn":"arn:aws:s3:::bench-notices"},"object":\
    {"key":"in%%2F%1$08d.txt","size":3,"eTag":"acbd18db4cc2f85cedef654fccc4a4d8",\
    "contentType":"text/plain","userMetadata":{"content-type":"text/plain"},\
    "sequencer":"17A4F6A9C3F0B5F0"}},"source":{"host":"127.0.0.1","port":"","userAgent":\
    "MinIO (linux; amd64) minio-go/v7.0.90 mc/RELEASE.2025-03-12T00-00-00Z"}}]}\
    """
        .formatted(number)
        .getBytes(StandardCharsets.UTF_8);
  }
}
