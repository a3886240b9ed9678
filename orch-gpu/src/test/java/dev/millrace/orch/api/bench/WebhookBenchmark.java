package dev.millrace.orch.api.bench;

import dev.millrace.orch.api.ApiConfig;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.NoticeLimits;
import dev.millrace.orch.api.Tokens;
import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.rig.MemoryStore;
import dev.millrace.orch.up.Coordinator;
import dev.millrace.orch.up.DataFolder;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.StoreId;
import dev.millrace.triggers.webhook.NoticeBatches;
import dev.millrace.triggers.webhook.Webhook;
import dev.millrace.triggers.webhook.WebhookDoor;
import dev.millrace.triggers.webhook.WebhookSecret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Notices a second from a webhook's request to its answer, which comes when they are durable in an
 * SQLite journal, beside two floors of the same run: the same client against a server that reads
 * the body and answers 200, and as many appends with a sync as the journal made commits. Client and
 * server share the machine. {@code infra/checks/webhook-bench.sh} runs it.
 */
public final class WebhookBenchmark {
  private static final String TOKEN = "a token of the benchmark";
  private static final StoreId STORE = StoreId.EMBEDDED;
  private static final int ONE_NOTICE_BYTES = 160;
  private static final int LOG_BYTES = 4 << 20;
  private static final String FDL =
      """
      functions:
        millrace:
          - name: f
            runner: process
            memory: 256Mi
            script: |
              true
              exit 0
            input:
              - {storage_provider: millrace.default, path: bucket/in}
            output:
              - {storage_provider: millrace.default, path: bucket/out}
      """;

  private WebhookBenchmark() {}

  /** Prints one line for each number of connections; arguments: messages, folder. */
  public static void main(String[] arguments) throws Exception {
    int messages = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 40_000;
    Path folder =
        arguments.length > 1 ? Path.of(arguments[1]) : Files.createTempDirectory("webhook-bench");
    Files.createDirectories(folder);
    System.out.printf(
        "%-12s %9s %8s %8s %8s %9s %9s %14s %14s%n",
        "what",
        "senders",
        "1/s",
        "p50 ms",
        "p99 ms",
        "messages",
        "commits",
        "floor HTTP/s",
        "floor sync/s");
    boolean met = true;
    for (boolean admitting : new boolean[] {false, true}) {
      for (int connections : new int[] {1, 8, 16, 32, 64}) {
        int count = connections == 1 ? messages / 20 : messages;
        Path data = folder.resolve((admitting ? "admitting-" : "alone-") + connections);
        met |= measure(data, admitting, connections, count);
      }
    }
    System.exit(met ? 0 : 1);
  }

  private static boolean measure(Path folder, boolean admitting, int connections, int messages)
      throws Exception {
    AtomicInteger commits = new AtomicInteger();
    Load.Taken taken;
    try (DataFolder data = DataFolder.open(folder);
        Coordinator coordinator = coordinator(data)) {
      if (admitting) {
        coordinator.run();
      }
      NoticeSink counting =
          notices -> {
            commits.incrementAndGet();
            coordinator.intake().accept(notices);
          };
      try (NoticeBatches batches = new NoticeBatches(counting, Duration.ofSeconds(10));
          ApiServer server = server(coordinator, batches)) {
        Load load =
            new Load(server.endpoint().getPort(), "/v1/notices/" + STORE, TOKEN, connections);
        load.post(Math.min(messages, 8_000));
        commits.set(0);
        taken = load.post(messages);
      }
    }
    double http = bare(connections, messages).perSecond();
    double sync = syncs(folder, commits.get(), messages);
    System.out.printf(
        "%-12s %9d %8.0f %8.2f %8.2f %9d %9d %14.0f %14.0f%n",
        admitting ? "admitting" : "alone",
        connections,
        taken.perSecond(),
        taken.millis(0.5),
        taken.millis(0.99),
        messages,
        commits.get(),
        http,
        sync);
    return taken.perSecond() >= 5_000 && taken.millis(0.5) <= 5 && taken.millis(0.99) <= 25;
  }

  private static Coordinator coordinator(DataFolder data) throws IOException {
    InstantSource clock = InstantSource.system();
    MemoryStore store = new MemoryStore(clock);
    Coordinator coordinator =
        Coordinator.open(
            new Coordinator.Ground(
                new ConfigReader(name -> null).read("bench.yaml", "", data.root()),
                data,
                id -> id.equals(STORE) ? Optional.of(store) : Optional.empty(),
                STORE,
                order -> {}),
            Coordinator.Nature.real());
    coordinator
        .desk()
        .deploy(
            new TenantId("main"),
            "f.yaml",
            FDL.getBytes(StandardCharsets.UTF_8),
            Map.of(),
            Map.of(),
            false);
    return coordinator;
  }

  private static ApiServer server(Coordinator coordinator, NoticeSink sink) {
    Webhook webhook =
        new Webhook(
            STORE,
            new WebhookSecret(TOKEN),
            new Webhook.Funnel(object -> !coordinator.catalog().covering(object).isEmpty(), sink),
            InstantSource.system());
    return ApiServer.start(
        ApiConfig.loopback(0, "bench"),
        coordinator.desk(),
        Tokens.of(Map.of()),
        new ApiServer.Mounted(
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.of(
                new ApiServer.Notices(new WebhookDoor(List.of(webhook)), NoticeLimits.DEFAULT))));
  }

  private static Load.Taken bare(int connections, int messages) throws Exception {
    QueuedThreadPool threads = new QueuedThreadPool(16, 4);
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    Server server = new Server(threads);
    ServerConnector connector = new ServerConnector(server, 1, 1);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws IOException {
            byte[] answer =
                Content.Source.asByteBuffer(request).hasRemaining()
                    ? "{\"kept\":1}".getBytes(StandardCharsets.US_ASCII)
                    : new byte[0];
            response.setStatus(200);
            response.getHeaders().put("content-length", answer.length);
            response.write(true, ByteBuffer.wrap(answer), callback);
            return true;
          }
        });
    server.start();
    try {
      Load load = new Load(connector.getLocalPort(), "/", TOKEN, connections);
      load.post(Math.min(messages, 8_000));
      return load.post(messages);
    } finally {
      server.stop();
    }
  }

  /**
   * Messages a second, were there nothing but the syncs of as many commits of the same bytes, into
   * a file that is long enough already, as a journal's log is.
   */
  private static double syncs(Path folder, int commits, int messages) throws IOException {
    int some = Math.min(commits, 500);
    ByteBuffer bytes = ByteBuffer.allocate(messages / commits * ONE_NOTICE_BYTES);
    Path file = folder.resolve("floor");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(LOG_BYTES));
      channel.force(true);
      long began = System.nanoTime();
      for (int i = 0; i < some; i++) {
        bytes.rewind();
        channel.write(bytes, (long) i * bytes.capacity() % (LOG_BYTES - bytes.capacity()));
        channel.force(false);
      }
      return (double) messages / commits * some * 1e9 / (System.nanoTime() - began);
    }
  }
}
