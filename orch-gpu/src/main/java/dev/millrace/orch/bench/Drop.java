package dev.millrace.orch.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Drops objects for a function, and waits until their jobs have succeeded. */
record Drop(Child child, String function) {
  private static final Duration VALID = Duration.ofMinutes(30);
  private static final Duration ALL_DONE = Duration.ofMinutes(3);
  private static final byte[] BODY = "nothing\n".getBytes(StandardCharsets.UTF_8);
  private static final int CLIENTS = 8;

  /** A request that puts this key. */
  HttpLoad.Request request(String key) {
    return HttpLoad.Request.of("PUT", child.store().presignPut(function, key, VALID), BODY);
  }

  /** A client of the store. */
  HttpLoad load(int connections) {
    URI url = child.store().presignGet(function, "x", VALID);
    return new HttpLoad(child.bench().ticker(), url.getPort(), connections);
  }

  /** Jobs that have succeeded, of all functions. */
  static long succeeded(Child child) throws IOException {
    Map<String, Long> states = child.client().counts().states();
    for (String bad : List.of("dead", "refused", "input-gone", "superseded")) {
      if (states.getOrDefault(bad, 0L) > 0) {
        throw new IOException("a job of the benchmark ended as " + bad);
      }
    }
    return states.getOrDefault("succeeded", 0L);
  }

  /** Jobs a second, from the first byte sent to the last job's end; URLs are signed before. */
  double jobs(String name, int count) throws IOException, InterruptedException {
    List<HttpLoad.Request> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      requests.add(request("in/" + name + "-" + i));
    }
    long before = succeeded(child);
    long began = child.bench().ticker().nanos();
    load(CLIENTS).send(count, requests::get);
    child
        .bench()
        .pause()
        .until(ALL_DONE, count + " jobs of " + function, () -> succeeded(child) >= before + count);
    return count / child.bench().secondsSince(began);
  }
}
