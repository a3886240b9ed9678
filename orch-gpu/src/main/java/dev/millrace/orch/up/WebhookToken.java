package dev.millrace.orch.up;

import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.keys.KeyFiles;
import dev.millrace.triggers.webhook.WebhookSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * The secret of a store's webhook, as its file has it.
 *
 * @param file the one that the configuration names, else one in the data folder
 */
record WebhookToken(Path file, WebhookSecret secret) {
  private static final String FOLDER = "webhooks";

  static WebhookToken of(MillraceConfig.RemoteStore store, Path data, SecureRandom random)
      throws IOException {
    Path named = store.webhookTokenFile();
    Path file =
        named == null
            ? new KeyFiles(data.resolve(FOLDER), random).token(store.id().value())
            : named;
    if (!Files.isReadable(file)) {
      throw new IOException(
          "stores." + store.id() + ".webhook_token_file: " + file + " cannot be read");
    }
    try {
      return new WebhookToken(file, new WebhookSecret(Files.readString(file).strip()));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }
}
