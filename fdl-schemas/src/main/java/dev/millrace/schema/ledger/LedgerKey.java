package dev.millrace.schema.ledger;

/**
 * The public key that a log's checkpoints are verified by. There is no secret in it.
 *
 * @param origin the log's name, the first line of its checkpoints
 * @param id eight hex digits: the first four bytes of each signature by it
 * @param verifier {@code origin+id+base64}, the verifier key of c2sp.org/signed-note
 * @param pem the same key in X.509 form, as OpenSSL reads it
 */
public record LedgerKey(String origin, String id, String verifier, String pem) {}
