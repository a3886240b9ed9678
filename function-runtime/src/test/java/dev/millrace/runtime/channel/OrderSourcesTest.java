package dev.millrace.runtime.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.OrderSource;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class OrderSourcesTest {
  private static final Duration SHORT = Duration.ofMillis(60);
  private static final SignedBytes ORDER =
      SigningKey.generate().sign("millrace.order.v1", new byte[] {1});

  private final ListingStore store = new ListingStore();

  private PollingOrderSource polling() {
    return new PollingOrderSource(store, "stage", "here/", Duration.ofMillis(10));
  }

  private static List<String> keys(List<OrderNotice> notices) {
    return notices.stream().map(OrderNotice::key).toList();
  }

  @Test
  void eachVersionOfAnOrderIsToldOnce() throws Exception {
    PollingOrderSource source = polling();
    for (String key : List.of("here/a", "here/b", "here/c", "other/d")) {
      store.texts.put(key, "1");
    }

    assertThat(keys(source.await(SHORT))).containsExactly("here/a", "here/b", "here/c");
    assertThat(source.await(SHORT)).isEmpty();
    store.texts.put("here/Z", "1");
    assertThat(keys(source.await(SHORT))).containsExactly("here/Z");
    store.texts.put("here/b", "2");
    assertThat(keys(source.await(SHORT))).containsExactly("here/b");
    store.texts.remove("here/a");
    assertThat(source.await(SHORT)).isEmpty();
    store.texts.put("here/a", "1");
    assertThat(keys(source.await(SHORT))).containsExactly("here/a");
  }

  @Test
  void whatIsNoOrderReadsAsNothing() throws Exception {
    store.texts.put("here/good", ORDER.line() + "\n");
    for (String bad : List.of("", "x", "a b c d e", "a b !! !!", "x".repeat(5_000_000))) {
      store.texts.put("here/bad", bad);
      assertThat(polling().read(new OrderNotice("stage", "here/bad"))).isEmpty();
    }
    assertThat(polling().read(new OrderNotice("stage", "here/good"))).contains(ORDER);
    assertThat(polling().read(new OrderNotice("stage", "here/gone"))).isEmpty();
    assertThat(polling().read(new OrderNotice("elsewhere", "here/good"))).isEmpty();
  }

  @Test
  void noticesInTheProcessNeverBlockTheirSender() throws Exception {
    InProcessOrderSource source = new InProcessOrderSource(notice -> Optional.of(ORDER), 2);

    assertThat(source.offer(new OrderNotice("b", "1"))).isTrue();
    assertThat(source.offer(new OrderNotice("b", "2"))).isTrue();
    assertThat(source.offer(new OrderNotice("b", "3"))).isFalse();
    assertThat(keys(source.await(SHORT))).containsExactly("1", "2");
    assertThat(source.await(Duration.ofMillis(5))).isEmpty();
  }

  @Test
  void aSkippedNoticeIsSkippedWhereItCameFrom() throws Exception {
    List<OrderNotice> skipped = new CopyOnWriteArrayList<>();
    InProcessOrderSource near = new InProcessOrderSource(notice -> Optional.of(ORDER), 10);
    OrderSource watched =
        new OrderSource() {
          @Override
          public List<OrderNotice> await(Duration longest)
              throws IOException, InterruptedException {
            return near.await(longest);
          }

          @Override
          public Optional<SignedBytes> read(OrderNotice notice) {
            return Optional.of(ORDER);
          }

          @Override
          public void skip(OrderNotice notice) {
            skipped.add(notice);
          }
        };
    OrderNotice one = new OrderNotice("b", "1");
    try (MergedOrderSource merged =
        new MergedOrderSource(Map.of("near", watched), (name, failure) -> {})) {
      near.offer(one);
      assertThat(merged.await(Duration.ofSeconds(10))).containsExactly(one);

      merged.skip(one);
      merged.skip(new OrderNotice("b", "unknown"));

      assertThat(skipped).containsExactly(one);
      assertThat(merged.read(one)).isEmpty();
    }
  }

  @Test
  void aSourceThatFailsDoesNotHoldUpTheOthers() throws Exception {
    List<String> failures = new CopyOnWriteArrayList<>();
    OrderSource failing =
        new OrderSource() {
          @Override
          public List<OrderNotice> await(Duration longest) throws IOException {
            throw new StoreException(StoreException.Kind.RETRY, "down");
          }

          @Override
          public Optional<SignedBytes> read(OrderNotice notice) {
            return Optional.empty();
          }
        };
    InProcessOrderSource near = new InProcessOrderSource(notice -> Optional.of(ORDER), 10);
    try (MergedOrderSource merged =
        new MergedOrderSource(
            Map.of("far", failing, "near", near),
            (name, failure) -> failures.add(name + ": " + failure.getMessage()))) {
      near.offer(new OrderNotice("b", "1"));

      assertThat(keys(merged.await(Duration.ofSeconds(10)))).containsExactly("1");
      assertThat(merged.read(new OrderNotice("b", "1"))).contains(ORDER);
      assertThat(merged.read(new OrderNotice("b", "unknown"))).isEmpty();
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> failures.contains("far: down"));
    }
  }
}
