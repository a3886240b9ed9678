package dev.millrace.orch.up;

import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.runtime.channel.InProcessOrderSource;
import dev.millrace.runtime.channel.PollingOrderSource;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.run.Mail;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.OrderSource;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Orders as a provider in the coordinator's own process finds them in the intermediate bucket: it
 * is told of them, and looks for them.
 */
final class BucketOrders {
  private static final Logger LOG = LoggerFactory.getLogger(BucketOrders.class);
  private static final int ORDER_MAX = 4 << 20;
  private static final int NOTICES_MAX = 100_000;

  private final InProcessOrderSource told;
  private final Map<String, OrderSource> sources = new LinkedHashMap<>();

  BucketOrders(MillraceConfig.Intermediate config, ObjectStore store) {
    told = new InProcessOrderSource(notice -> read(store, notice), NOTICES_MAX);
    sources.put("notices", told);
    Duration poll = config.poll();
    if (poll.isPositive()) {
      sources.put(
          "polling", new Looked(new PollingOrderSource(store, config.bucket(), "", poll), store));
    }
  }

  /** All ways in which orders are learnt of, by name. */
  Map<String, OrderSource> sources() {
    return sources;
  }

  /** Word of an order. */
  void tell(OrderNotice notice) {
    told.offer(notice);
  }

  /** What is no order is told and left alone; what the coordinator keeps there is not looked at. */
  private static Optional<SignedBytes> read(ObjectStore store, OrderNotice notice)
      throws IOException {
    if (notice.key().startsWith(InputRule.RESERVED) || Mail.is(notice.key())) {
      return Optional.empty();
    }
    Optional<ObjectBody> body = store.read(notice.bucket(), notice.key());
    if (body.isEmpty()) {
      return Optional.empty();
    }
    try (ObjectBody open = body.get()) {
      if (open.head().size() > ORDER_MAX) {
        LOG.warn("{} refused: {} bytes are no order", said(notice), open.head().size());
        return Optional.empty();
      }
      byte[] bytes = open.stream().readNBytes(ORDER_MAX);
      return Optional.of(SignedBytes.parse(new String(bytes, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException e) {
      LOG.warn("{} refused: {}", said(notice), e.getMessage());
      return Optional.empty();
    }
  }

  private static String said(OrderNotice notice) {
    return "order " + notice.bucket() + "/" + notice.key();
  }

  /** Orders that are found by looking; they are read as those that were told of. */
  private record Looked(OrderSource polling, ObjectStore orders) implements OrderSource {
    @Override
    public List<OrderNotice> await(Duration longest) throws IOException, InterruptedException {
      return polling.await(longest);
    }

    @Override
    public Optional<SignedBytes> read(OrderNotice notice) throws IOException {
      return BucketOrders.read(orders, notice);
    }
  }
}
