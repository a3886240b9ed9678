package dev.millrace.hosted.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.runtime.process.Allowed;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostSettingsTest {
  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void tell() throws IOException {
    SigningKey key = SigningKey.generate();
    Base64.Encoder encoder = Base64.getEncoder();
    Path keys = folder.resolve("key");
    Files.writeString(
        keys,
        encoder.encodeToString(key.privateKey())
            + "\n"
            + encoder.encodeToString(key.publicKey())
            + "\n");
    Path token = Files.writeString(folder.resolve("token"), "the-token\n");
    environment.put("MILLRACE_COORDINATOR", "https://coordinator.example");
    environment.put("MILLRACE_TOKEN_FILE", token.toString());
    environment.put("MILLRACE_PROVIDER", "here");
    environment.put("MILLRACE_PROVIDER_KEY_FILE", keys.toString());
    environment.put("MILLRACE_COORDINATOR_KEY", encoder.encodeToString(key.publicKey()));
  }

  private HostSettings read() throws IOException {
    return HostSettings.read(environment::get);
  }

  private void wrong(String name, String value, String why) {
    environment.put(name, value);
    assertThatThrownBy(this::read).isInstanceOf(IOException.class).hasMessageContaining(why);
  }

  @Test
  void theDefaultsAllowNoFunctionAndReadNoOrders() throws Exception {
    HostSettings settings = read();

    assertThat(settings.coordinator().token()).isEqualTo("the-token");
    assertThat(settings.who().pool()).hasToString("local");
    assertThat(settings.data()).isEqualTo(Path.of("/tmp/millrace"));
    assertThat(settings.allowed()).isEqualTo(new Allowed.Only(Set.of()));
    assertThat(settings.limit()).isEmpty();
    assertThat(settings.runsMax()).isOne();
    assertThat(settings.orders()).isEmpty();
    assertThat(settings.toString()).doesNotContain("the-token");
  }

  @Test
  void everythingCanBeSaid() throws Exception {
    environment.put("MILLRACE_PROCESS_ALLOW", "f, g");
    environment.put("MILLRACE_TENANT", "lab");
    environment.put("MILLRACE_RUN_LIMIT", "1m30s");
    environment.put("MILLRACE_RUNS_MAX", "4");
    environment.put("MILLRACE_ORDERS_BUCKET", "orders");
    environment.put("AWS_REGION", "eu-west-1");
    environment.put("AWS_ACCESS_KEY_ID", "id");
    environment.put("AWS_SECRET_ACCESS_KEY", "the-secret");
    environment.put("AWS_SESSION_TOKEN", "the-session");

    HostSettings settings = read();

    TenantId lab = new TenantId("lab");
    assertThat(settings.allowed())
        .isEqualTo(
            new Allowed.Only(
                Set.of(
                    new FunctionRef(lab, new FunctionName("f")),
                    new FunctionRef(lab, new FunctionName("g")))));
    assertThat(settings.limit()).contains(Duration.ofSeconds(90));
    assertThat(settings.runsMax()).isEqualTo(4);
    assertThat(settings.orders().orElseThrow().endpoint())
        .hasToString("https://s3.eu-west-1.amazonaws.com");
    assertThat(settings.orders().orElseThrow().key().session()).isEqualTo("the-session");
    assertThat(settings.toString()).doesNotContain("the-secret", "the-session");
  }

  @Test
  void inLambdaARunHasALimitWhetherOneIsSaidOrNot() throws Exception {
    environment.put("AWS_LAMBDA_FUNCTION_NAME", "f");

    assertThat(read().limit()).contains(Duration.ofMinutes(14));
  }

  @Test
  void whatIsMissingIsNamed() {
    for (String name : Set.copyOf(environment.keySet())) {
      String value = environment.remove(name);
      assertThatThrownBy(this::read).isInstanceOf(IOException.class).hasMessageContaining(name);
      environment.put(name, value);
    }
    wrong("MILLRACE_ORDERS_BUCKET", "b", "AWS_ACCESS_KEY_ID is not set");
  }

  @Test
  void whatIsWrongIsNamed() throws Exception {
    Path empty = Files.createFile(folder.resolve("empty"));
    Map<String, String> fine = Map.copyOf(environment);
    wrong("MILLRACE_COORDINATOR", "coordinator", "should be http://HOST");
    wrong("MILLRACE_COORDINATOR", "file:///etc/passwd", "should be http://HOST");
    wrong("MILLRACE_COORDINATOR", "http://a b", "is no URL");
    environment.putAll(fine);
    wrong("MILLRACE_TOKEN_FILE", "/nowhere", "cannot be read");
    environment.putAll(fine);
    wrong("MILLRACE_PROVIDER_KEY_FILE", empty.toString(), "is no key");
    environment.putAll(fine);
    wrong("MILLRACE_COORDINATOR_KEY", "AAAA", "is no Ed25519 key");
    wrong("MILLRACE_COORDINATOR_KEY", "%", "is no Ed25519 key");
    environment.putAll(fine);
    wrong("MILLRACE_RUN_LIMIT", "soon", "should be like 14m");
    wrong("MILLRACE_RUN_LIMIT", "0s", "must be more than 0");
    environment.remove("MILLRACE_RUN_LIMIT");
    wrong("MILLRACE_RUNS_MAX", "many", "is no number");
    wrong("MILLRACE_RUNS_MAX", "0", "must be 1 to 1000");
  }
}
