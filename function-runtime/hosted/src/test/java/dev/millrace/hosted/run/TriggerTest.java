package dev.millrace.hosted.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TriggerTest {
  private static final SignedBytes ORDER =
      SigningKey.generate().sign(Order.TYPE, "{}".getBytes(StandardCharsets.UTF_8));

  @Test
  void anOrderIsTakenAsItsLineAsJsonTextAndAsAField() {
    String line = ORDER.line();

    assertThat(Trigger.read(line + "\n")).isEqualTo(new Trigger.Posted(ORDER));
    assertThat(Trigger.read('"' + line + '"')).isEqualTo(new Trigger.Posted(ORDER));
    assertThat(Trigger.read("{\"order\": \"" + line + "\"}")).isEqualTo(new Trigger.Posted(ORDER));
  }

  @Test
  void aNotificationTellsOfTheObjectsThatWereWritten() {
    String event =
        """
        {"Records": [
          {"eventName": "ObjectCreated:Put",
           "s3": {"bucket": {"name": "b"}, "object": {"key": "orders/p/a+b%2Bc%C3%BC"}}},
          {"eventName": "s3:ObjectCreated:CompleteMultipartUpload",
           "s3": {"bucket": {"name": "b"}, "object": {"key": "x"}}},
          {"eventName": "ObjectRemoved:Delete",
           "s3": {"bucket": {"name": "b"}, "object": {"key": "y"}}},
          {"eventName": "ObjectCreated:Put"}]}
        """;

    assertThat(((Trigger.Told) Trigger.read(event)).notices())
        .containsExactly(new OrderNotice("b", "orders/p/a b+cü"), new OrderNotice("b", "x"));
  }

  @Test
  void theTestEventOfAnS3ThatIsSetUpTellsOfNothing() {
    String event = "{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\",\"Bucket\":\"b\"}";

    assertThat(((Trigger.Told) Trigger.read(event)).notices()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "a b c d",
        "millrace.order.v1 k == ==",
        "{",
        "{}",
        "[]",
        "null",
        "\"x\"",
        "{\"order\":7}",
        "{\"Records\":{}}",
        "{\"Records\":[]} x",
        "{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"object\":{\"key\":\"%zz\"}}}]}"
      })
  void whatIsNeitherIsNotFollowed(String body) {
    assertThatThrownBy(() -> Trigger.read(body))
        .isInstanceOf(NotFollowed.class)
        .hasMessageStartingWith("neither an order nor a notification of S3");
  }
}
