package dev.millrace.runtime.channel;

import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.OrderSource;
import dev.millrace.schema.run.StagedOrders;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Orders by long poll of the coordinator, which sends them whole: so a provider needs no credential
 * of any bucket. A page that was lost is made good by a poll that asks for all, after a failure and
 * every half minute.
 */
public final class HttpOrderSource implements OrderSource {
  private static final long WAIT_MAX_SECONDS = 20;
  private static final Duration ALL_EVERY = Duration.ofSeconds(30);

  private final CoordinatorHttp http;
  private final Ticker ticker;
  private final Map<OrderNotice, SignedBytes> held = new LinkedHashMap<>();
  private String cursor = "";
  private long askedForAll;

  /** Asks this coordinator. */
  public HttpOrderSource(CoordinatorHttp http, Ticker ticker) {
    this.http = http;
    this.ticker = ticker;
  }

  @Override
  public List<OrderNotice> await(Duration longest) throws IOException, InterruptedException {
    if (ticker.nanos() - askedForAll > ALL_EVERY.toNanos()) {
      cursor = "";
    }
    if (cursor.isEmpty()) {
      askedForAll = ticker.nanos();
    }
    long wait = Math.clamp(longest.toSeconds(), 0, WAIT_MAX_SECONDS);
    String after = cursor;
    cursor = "";
    byte[] page = http.get("/v1/orders?wait=" + wait + "&after=" + after, Duration.ofSeconds(wait));
    StagedOrders orders = Json.read(page, StagedOrders.class);
    if (!orders.cursor().matches("[0-9a-zA-Z-]{0,64}")) {
      throw new IOException("the coordinator's cursor is not of its form: " + orders.cursor());
    }
    cursor = orders.cursor();
    synchronized (held) {
      orders.orders().forEach(staged -> held.put(staged.notice(), staged.order()));
    }
    return orders.orders().stream().map(StagedOrders.Staged::notice).toList();
  }

  @Override
  public Optional<SignedBytes> read(OrderNotice notice) {
    synchronized (held) {
      return Optional.ofNullable(held.remove(notice));
    }
  }

  @Override
  public void skip(OrderNotice notice) {
    synchronized (held) {
      held.remove(notice);
    }
  }
}
