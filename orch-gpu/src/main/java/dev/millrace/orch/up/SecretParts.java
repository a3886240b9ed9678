package dev.millrace.orch.up;

import dev.millrace.orch.fleet.Attendance;
import dev.millrace.orch.fleet.ProviderTokens;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.keys.SecretKeyFile;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.secret.Delivery;
import dev.millrace.orch.secret.Vault;

/** Where secrets are kept, and who is given them. */
record SecretParts(Vault vault, Delivery delivery) {
  /** Those of a coordinator's own folder. */
  static SecretParts open(
      Coordinator.Ground ground,
      Coordinator.Nature nature,
      Recorded recorded,
      Attendance attendance,
      ProviderTokens tokens) {
    Vault vault =
        new Vault(
            recorded.journal(),
            recorded.recorder(),
            new SecretKeyFile(ground.data().file("keys")),
            nature.clock(),
            nature.random());
    return new SecretParts(
        vault,
        new Delivery(
            vault,
            attendance::inside,
            provider -> tokens.byBuckets().contains(provider),
            ground.config().providers().plainSecrets()));
  }

  /** What is read, and what writes. */
  record Recorded(Journal journal, Recorder recorder) {}
}
