package dev.millrace.triggers.embedded.signature;

import java.util.Optional;

/** What the signature says of the body. */
public sealed interface PayloadHash {

  /** The body is not covered. */
  record Unsigned() implements PayloadHash {}

  /** The body has this SHA-256, in lower-case hexadecimal digits. */
  record Exact(String sha256) implements PayloadHash {}

  /**
   * The body comes in {@code aws-chunked} form.
   *
   * @param signer checks each chunk; empty where chunks are not signed
   * @param trailing whether header fields follow the last chunk
   */
  record Chunked(Optional<ChunkSigner> signer, boolean trailing) implements PayloadHash {}
}
