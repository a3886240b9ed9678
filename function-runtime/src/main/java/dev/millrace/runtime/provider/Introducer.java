package dev.millrace.runtime.provider;

import dev.millrace.runtime.channel.CoordinatorHttp.Denied;
import dev.millrace.runtime.channel.Introducing;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.Introduction;
import dev.millrace.schema.run.Welcome;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Introduces this provider to its coordinator, and sees by the welcome's signature that it is the
 * one that it joined.
 */
public final class Introducer {
  private final Who who;
  private final Coordinator coordinator;
  private final RandomGenerator random;

  /** This provider. */
  public record Who(ProviderId name, PoolId pool, SigningKey key, List<Accelerator> devices) {
    public Who {
      devices = List.copyOf(devices);
    }
  }

  /**
   * The coordinator.
   *
   * @param key X.509 form, as it was given when this provider joined
   * @param address for people
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Coordinator(Introducing introducing, byte[] key, String address) {}

  /**
   * @param random for what must not be said twice
   */
  public Introducer(Who who, Coordinator coordinator, RandomGenerator random) {
    this.who = who;
    this.coordinator = coordinator;
    this.random = random;
  }

  /**
   * Introduces it once.
   *
   * @return when to do it again
   * @throws Denied when the coordinator does not want it, or is another one
   */
  public Duration introduce() throws IOException, InterruptedException {
    byte[] fresh = new byte[16];
    random.nextBytes(fresh);
    Introduction introduction =
        new Introduction(
            who.name(),
            who.pool(),
            Base64.getEncoder().encodeToString(who.key().publicKey()),
            who.devices(),
            Hex.of(fresh));
    SignedBytes signed = who.key().sign(Introduction.TYPE, Json.bytes(introduction));
    SignedBytes answer = coordinator.introducing().introduce(signed);
    if (!TrustedKeys.of(coordinator.key()).verify(Welcome.TYPE, answer)) {
      throw new Denied(
          "the coordinator at "
              + coordinator.address()
              + " signs with key "
              + answer.keyId()
              + ", and this provider joined one with key "
              + SigningKey.idOf(coordinator.key())
              + ": if it was set up anew, join it again with a file that 'millrace token' makes");
    }
    Welcome welcome = Json.read(answer.bytes(), Welcome.class);
    if (!welcome.nonce().equals(introduction.nonce()) || !welcome.provider().equals(who.name())) {
      throw new IOException("the welcome is not the answer to this introduction");
    }
    return welcome.again();
  }
}
