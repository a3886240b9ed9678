package dev.millrace.orch.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-Proto | http | true",
        "X-Forwarded-Proto | HTTP | true",
        "X-Forwarded-Proto | https | false",
        "X-Forwarded-Proto | HTTPS | false",
        "X-Forwarded-Proto | https, http | true",
        "X-Forwarded-Proto | http,https | true",
        "X-Forwarded-Proto | , | false",
        "X-Forwarded-Proto | gopher | true",
        "Forwarded | for=192.0.2.1;proto=http;by=10.0.0.1 | true",
        "Forwarded | for=192.0.2.1; Proto=\"http\" | true",
        "Forwarded | for=192.0.2.1;proto=https | false",
        "Forwarded | proto=https, proto=http | true",
        "Forwarded | for=192.0.2.1 | false",
        "X-Other | http | false"
      })
  void anyHopWithoutTlsMakesTheWayPlain(String name, String value, boolean plain) {
    assertThat(
            Forwarded.plain(asked ->
                Collections.enumeration(asked.equals(name) ? List.of(value) : List.of())))
        .isEqualTo(plain);
  }
}
