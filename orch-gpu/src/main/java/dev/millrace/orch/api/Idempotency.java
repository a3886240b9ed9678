package dev.millrace.orch.api;

import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Lets clients repeat a request without repeating what it does, by the header Idempotency-Key
 * (draft-ietf-httpapi-idempotency-key-header). A key belongs to the token and the route that it
 * came with: another token's same key is another one.
 */
final class Idempotency {
  static final String HEADER = "Idempotency-Key";
  static final String REPLAYED = "Idempotency-Replayed";

  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

  /** The first two words of a path, whatever names follow. */
  private static final Pattern ROUTE = Pattern.compile("^(/[^/]*/[^/]*).*");

  private final Optional<KeptAnswers> answers;

  /**
   * @param answers empty where none are kept: keys are passed over then
   */
  Idempotency(Optional<KeptAnswers> answers) {
    this.answers = answers;
  }

  /** Does what is asked and says the answer; a {@link Refusal} when nothing is done. */
  @FunctionalInterface
  interface Work {
    Object answer() throws IOException;
  }

  /**
   * Does a request once, and answers alike. A refusal is not kept: it did nothing, and a secret
   * that is set meanwhile or another way to come (with TLS) may be all that it takes.
   *
   * @param body of the request
   * @param kept how long the same answer makes sense
   */
  void once(Exchange exchange, byte[] body, Duration kept, Work work) throws IOException {
    Optional<String> key = exchange.header(HEADER);
    if (key.isEmpty() || answers.isEmpty()) {
      exchange.answer(200, work.answer());
      return;
    }
    KeptAnswers.Key name = key(exchange, key.get());
    KeptAnswers book = answers.get();
    switch (book.take(name, body)) {
      case KeptAnswers.Before(KeptAnswers.Answer answer) -> {
        exchange.context().header(REPLAYED, "true");
        exchange.send(
            answer.status(), answer.contentType(), answer.body().getBytes(StandardCharsets.UTF_8));
      }
      case KeptAnswers.Different d ->
          throw Refusal.of(
              422,
              "Key used before",
              "this Idempotency-Key came before, with another body",
              "take a fresh key for each new request");
      case KeptAnswers.InWork w -> {
        exchange.context().header("Retry-After", "1");
        throw Refusal.of(
            409,
            "Still at work",
            "another request with this Idempotency-Key is being worked on",
            "send the same request again in a second");
      }
      case KeptAnswers.Yours y -> {
        try {
          work(exchange, body, kept, work, name);
        } finally {
          book.giveUp(name);
        }
      }
    }
  }

  private void work(Exchange exchange, byte[] body, Duration kept, Work work, KeptAnswers.Key name)
      throws IOException {
    KeptAnswers book = answers.orElseThrow();
    String request = book.request(body);
    String answer = Json.text(work.answer());
    book.keep(
        name, new KeptAnswers.Answer(request, 200, "application/json", answer, book.until(kept)));
    exchange.send(200, "application/json", answer.getBytes(StandardCharsets.UTF_8));
  }

  /** The key may be written as a string of structured fields, with quotes, or without. */
  private static KeptAnswers.Key key(Exchange exchange, String header) {
    boolean quoted = header.length() > 1 && header.startsWith("\"") && header.endsWith("\"");
    String key = quoted ? header.substring(1, header.length() - 1) : header;
    if (!KEY.matcher(key).matches()) {
      throw Refusal.badRequest(
          "an Idempotency-Key has 1 to 255 visible ASCII characters, for instance a UUID");
    }
    String who = exchange.tenant().value() + "\n" + exchange.caller().token();
    String path = exchange.context().path();
    String asked = exchange.context().method() + " ";
    return new KeptAnswers.Key(
        String.join("\n", who, asked + ROUTE.matcher(path).replaceFirst("$1")),
        String.join("\n", who, asked + path, key));
  }
}
