package dev.millrace.orch.doctor;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What answers, whether it takes the token, and how far its clock is away. */
public record Servers(InstantSource clock) {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration SKEW_MAX = Duration.ofSeconds(5);

  /** The coordinator. */
  public Check coordinator(URI endpoint, String token) {
    return new Check("api", () -> api(endpoint, token));
  }

  /** A store; that it refuses who has no key is an answer too. */
  public Check store(URI endpoint) {
    return new Check(
        "store",
        () -> {
          Optional<HttpResponse<Void>> answer = ask(endpoint, "/", "");
          if (answer.isEmpty()) {
            return List.of(silent("store", endpoint));
          }
          List<Finding> found = new ArrayList<>();
          found.add(Finding.ok("store", endpoint + " answers"));
          skew("store", answer.get()).ifPresent(found::add);
          return found;
        });
  }

  private List<Finding> api(URI endpoint, String token) throws InterruptedException {
    Optional<HttpResponse<Void>> answer = ask(endpoint, "/v1/jobs/counts", token);
    if (answer.isEmpty()) {
      return List.of(silent("api", endpoint));
    }
    List<Finding> found = new ArrayList<>();
    int status = answer.get().statusCode();
    found.add(
        switch (status) {
          case 200 -> Finding.ok("api", endpoint + " answers, and takes the token");
          case 401, 403 ->
              Finding.bad(
                  "api",
                  endpoint + " answers, and refuses this token",
                  "another coordinator has the port, or the token was changed: give its --data");
          default ->
              Finding.bad(
                  "api", endpoint + " answers with status " + status, "is it a Millrace at all?");
        });
    skew("api", answer.get()).ifPresent(found::add);
    return found;
  }

  private static Finding silent(String subject, URI endpoint) {
    return Finding.bad(
        subject,
        endpoint + " does not answer, though it has not said that it stopped",
        "start it again with 'millrace up'; its log says why it ended");
  }

  private Optional<HttpResponse<Void>> ask(URI endpoint, String path, String token)
      throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint.resolve(path)).timeout(PATIENCE).GET();
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      return Optional.of(client.send(request.build(), HttpResponse.BodyHandlers.discarding()));
    } catch (IOException e) {
      // Nothing listens there, or it does not speak HTTP.
      return Optional.empty();
    }
  }

  private Optional<Finding> skew(String subject, HttpResponse<Void> answer) {
    Optional<String> date = answer.headers().firstValue("Date");
    if (date.isEmpty()) {
      return Optional.empty();
    }
    try {
      Duration away =
          Duration.between(
              ZonedDateTime.parse(date.get(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant(),
              clock.instant());
      return away.abs().compareTo(SKEW_MAX) <= 0
          ? Optional.empty()
          : Optional.of(
              Finding.warn(
                  subject,
                  "its clock is " + away.toSeconds() + " s away from this machine's",
                  "signatures are refused beyond 15 minutes: synchronise both"));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
