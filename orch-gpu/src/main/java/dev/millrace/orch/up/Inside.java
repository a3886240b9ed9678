package dev.millrace.orch.up;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.sign.SignedBytes;
import java.util.Optional;

/**
 * What a coordinator and a provider of the same process need not do twice. The bytes are what
 * counts between them too: who has read or signed these very bytes before has nothing to add.
 */
interface Inside {
  /** They are in two processes. */
  Inside APART =
      new Inside() {
        @Override
        public Optional<Order> order(SignedBytes signed) {
          return Optional.empty();
        }

        @Override
        public void signed(ProviderId by, SignedBytes bytes) {
          // Who is elsewhere checks it.
        }
      };

  /** An order as it was read before; empty when it is to be read anew. */
  Optional<Order> order(SignedBytes signed);

  /** The provider has signed something. */
  void signed(ProviderId by, SignedBytes bytes);
}
