package dev.millrace.runtime.channel;

import dev.millrace.schema.run.Mail;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.OrderSource;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Orders among what lies under a provider's prefix: mailbox and answers lie there too.
 *
 * @param all what is found there
 */
public record OwnOrders(OrderSource all) implements OrderSource {
  @Override
  public List<OrderNotice> await(Duration longest) throws IOException, InterruptedException {
    return all.await(longest).stream().filter(notice -> !Mail.is(notice.key())).toList();
  }

  @Override
  public Optional<SignedBytes> read(OrderNotice notice) throws IOException {
    return all.read(notice);
  }
}
