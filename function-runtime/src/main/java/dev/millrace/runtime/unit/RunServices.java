package dev.millrace.runtime.unit;

import dev.millrace.runtime.runner.Runner;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What all runs of a provider share. Whoever opens it closes it; runners and channel are closed by
 * whoever made them.
 */
public final class RunServices implements AutoCloseable {
  final ProviderId provider;
  final SigningKey key;
  final RunChannel channel;
  final Map<RunnerKind, Runner> runners;
  final RunEvents events;
  final Clocks clocks;
  final RunFolders folders;
  final FileCache files;
  final ReceiptChain receipts;
  final Transfer transfer;
  final Backoff backoff;
  final LiveText live;
  private final HttpClient client;

  /**
   * Who a provider is.
   *
   * @param key that its receipts and manifests are signed with
   * @param data its folder: runs, kept files and the receipts' chain lie in it
   */
  public record Identity(ProviderId provider, SigningKey key, Path data) {}

  /**
   * Whom it works with.
   *
   * @param runners by kind
   */
  public record Partners(RunChannel channel, Map<RunnerKind, Runner> runners, RunEvents events) {
    public Partners {
      runners = Map.copyOf(runners);
    }
  }

  /** Time, passed in. */
  public record Clocks(InstantSource wall, Ticker ticker) {
    /** This machine's. */
    public static Clocks system() {
      return new Clocks(InstantSource.system(), Ticker.system());
    }
  }

  /**
   * How remote parties are dealt with.
   *
   * @param backoff between tries
   * @param transfers of inputs and outputs
   */
  public record Manner(Backoff backoff, TransferRules transfers) {}

  private RunServices(Identity identity, Partners partners, Clocks clocks, Manner manner)
      throws IOException {
    this.provider = identity.provider();
    this.key = identity.key();
    this.channel = partners.channel();
    this.runners = partners.runners();
    this.events = partners.events();
    this.clocks = clocks;
    this.backoff = manner.backoff();
    this.live = new LiveText(channel, provider, clocks.ticker());
    Path data = identity.data().toAbsolutePath();
    this.folders = new RunFolders(data.resolve("runs"));
    this.files = new FileCache(data.resolve("files"));
    this.receipts = ReceiptChain.open(data.resolve("receipts"), identity.key());
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    this.transfer =
        new Transfer(
            new Transfer.Parts(client, channel, backoff, clocks.ticker()), manner.transfers());
  }

  /** Opens the folder and the chain in it. */
  public static RunServices open(
      Identity identity, Partners partners, Clocks clocks, Backoff backoff) throws IOException {
    return open(identity, partners, clocks, new Manner(backoff, TransferRules.DEFAULT));
  }

  /** The same, with other rules for what is moved. */
  public static RunServices open(Identity identity, Partners partners, Clocks clocks, Manner manner)
      throws IOException {
    return new RunServices(identity, partners, clocks, manner);
  }

  /** The runs that an earlier process left: each is to be applied again. */
  public List<OrderRun> leftOver() throws IOException {
    List<OrderRun> runs = new ArrayList<>();
    for (RunState state : folders.load()) {
      runs.add(new OrderRun(this, state.order(), state.run()));
    }
    return runs;
  }

  @Override
  public void close() throws IOException {
    live.close();
    client.shutdownNow();
    receipts.close();
  }
}
