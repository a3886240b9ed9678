package dev.millrace.schema.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.id.ProviderId;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MailTest {
  @Test
  void aRequestsKeyNamesItsProvider() {
    for (String name : List.of("a", "gpu-1", "a.b_c", "a".repeat(63))) {
      ProviderId provider = new ProviderId(name);

      assertThat(Mail.requester(Mail.request(provider, 63))).contains(provider);
    }
  }

  @Test
  void aBadlyNamedKeyIsNobodysRequest() {
    for (String name : List.of("A", "", "-a", "a-", "a b", "..", "\u00fc", "a".repeat(64), "a/b")) {
      assertThat(Mail.requester(Mail.REQUESTS + name + "/0")).as(name).isEmpty();
    }
    for (String slot : List.of("", "x", "12345", "-1", "0/0")) {
      assertThat(Mail.requester(Mail.REQUESTS + "a/" + slot)).as(slot).isEmpty();
    }
  }
}
