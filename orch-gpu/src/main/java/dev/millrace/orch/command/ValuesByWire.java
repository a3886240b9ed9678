package dev.millrace.orch.command;

import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;

/** Values of secrets before they are sent: one that is refused on arrival could have been read. */
final class ValuesByWire {
  private ValuesByWire() {}

  /**
   * @throws Mistake when the coordinator would not take them by this way
   */
  static void check(CoordinatorClient client) throws IOException {
    if (!client.takesValues()) {
      throw Mistake.failed(
          "values of secrets go to "
              + client.endpoint()
              + " over HTTP without TLS, where others may read them: nothing was sent. Do it on the"
              + " coordinator's own host, or through a proxy with TLS; or say that the network is"
              + " safe with providers.plain_secrets in its millrace.yaml");
    }
  }
}
