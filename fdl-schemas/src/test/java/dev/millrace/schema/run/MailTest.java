package dev.millrace.schema.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
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
  void aRequestWithSomethingMissingOrWithoutEndIsRefused() throws Exception {
    String id = "0".repeat(32);
    String good =
        Json.text(new Mail.Request(new ProviderId("a"), id, "renew", "{}", "k", "", List.of(id)));
    assertThat(Json.read(good.getBytes(StandardCharsets.UTF_8), Mail.Request.class).id())
        .isEqualTo(id);

    for (String value :
        List.of("\"a\"", "\"" + id + "\"", "\"renew\"", "\"{}\"", "\"k\"", ":\"\"")) {
      String bad =
          good.replaceFirst(Pattern.quote(value), value.startsWith(":") ? ":null" : "null");
      assertThatThrownBy(() -> Json.read(bad.getBytes(StandardCharsets.UTF_8), Mail.Request.class))
          .as(bad)
          .isInstanceOf(MalformedJson.class);
    }
    List<String> many = Collections.nCopies(257, id);
    assertThatThrownBy(
            () -> new Mail.Request(new ProviderId("a"), id, "renew", "{}", "k", "", many))
        .isInstanceOf(IllegalArgumentException.class);
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
