package dev.millrace.orch.order;

import static dev.millrace.orch.journal.Story.HOST;
import static dev.millrace.orch.journal.Story.POOL;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Story;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.function.Network;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.run.Limits;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.sign.SignedBytes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReadOrdersTest {
  private static final int LARGEST = ReadOrders.ORDER_BYTES_MAX;

  private final ReadOrders orders = new ReadOrders();
  private final Order order =
      new Order(
          new AttemptId(new JobId("01k9xw4t7d2m00000000000000"), 1),
          1,
          POOL,
          HOST,
          Story.function(RESIZE, 1),
          new InputRef(Story.object("a.fa"), Story.version(1), "e", 7, T0),
          List.of(),
          new Limits(
              Duration.ofSeconds(60),
              new MemoryMib(256),
              100,
              Network.NONE,
              1 << 20,
              Duration.ofSeconds(30)),
          T0,
          T0.plusSeconds(60));

  private static SignedBytes signed(int number, int bytes) {
    byte[] signature = ByteBuffer.allocate(64).putInt(number).array();
    return new SignedBytes(Order.TYPE, new byte[bytes], "key", signature);
  }

  /** What is signed is remembered without being read again. */
  @Test
  void anOrderReadsAsItWasWritten() throws Exception {
    assertThat(Json.read(Json.bytes(order), Order.class)).isEqualTo(order);
  }

  @Test
  void findsAnOrderByItsVeryBytes() {
    orders.add(signed(1, 10), order);

    assertThat(orders.find(signed(1, 10))).contains(order);
    assertThat(orders.find(signed(1, 11))).isEmpty();
    assertThat(orders.find(signed(2, 10))).isEmpty();
  }

  @Test
  void keepsNoOrderWithALargeScript() {
    orders.add(signed(1, LARGEST), order);
    orders.add(signed(2, LARGEST + 1), order);
    orders.add(signed(3, 1 << 20), order);

    assertThat(orders.find(signed(1, LARGEST))).contains(order);
    assertThat(orders.find(signed(2, LARGEST + 1))).isEmpty();
    assertThat(orders.find(signed(3, 1 << 20))).isEmpty();
  }

  @Test
  void whatIsKeptIsBoundedByBytesAndTheOldestGoFirst() {
    for (int number = 0; number < 2_000; number++) {
      orders.add(signed(number, LARGEST), order);
      assertThat(orders.bytes()).isLessThanOrEqualTo(ReadOrders.ALL_BYTES_MAX);
    }

    assertThat(orders.bytes()).isGreaterThan(ReadOrders.ALL_BYTES_MAX - 2L * LARGEST);
    assertThat(orders.find(signed(1_999, LARGEST))).contains(order);
    assertThat(orders.find(signed(0, LARGEST))).isEmpty();
  }

  @Test
  void anOrderThatComesTwiceIsCountedOnce() {
    orders.add(signed(1, LARGEST), order);
    long once = orders.bytes();
    orders.add(signed(1, LARGEST), order);

    assertThat(orders.bytes()).isEqualTo(once);
  }
}
