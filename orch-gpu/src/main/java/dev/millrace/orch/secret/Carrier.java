package dev.millrace.orch.secret;

import java.util.Optional;

/** How an answer comes to a provider. */
public enum Carrier {
  /** In the coordinator's own process. */
  INSIDE,
  /** Over TLS, or within the machine. */
  SECURE,
  /** Over HTTP without TLS, from another machine. */
  PLAIN,
  /** As an object of the intermediate bucket. */
  BUCKET;

  /**
   * Whether a value of a secret is taken that came this way.
   *
   * @param plainAllowed whether someone said that the network is safe
   */
  public boolean takes(boolean plainAllowed) {
    return plainAllowed || this != PLAIN;
  }

  /**
   * Why it carries no secrets.
   *
   * @param plainAllowed whether someone said that the network is safe
   */
  Optional<String> refusal(boolean plainAllowed) {
    return switch (this) {
      case INSIDE, SECURE -> Optional.empty();
      case PLAIN ->
          plainAllowed
              ? Optional.empty()
              : Optional.of(
                  "asks over HTTP without TLS, which carries no secrets unless"
                      + " providers.plain_secrets allows it");
      case BUCKET ->
          Optional.of("comes through the intermediate bucket alone, which carries no secrets");
    };
  }
}
