package dev.millrace.orch.client;

import dev.millrace.orch.api.view.EventView;
import dev.millrace.schema.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Events as they happen. One thread reads; another may close it, which ends the reading. */
public final class EventStream implements AutoCloseable {
  private final InputStream body;
  private final BufferedReader lines;
  private boolean dropped;

  EventStream(InputStream body) {
    this.body = body;
    this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }

  /**
   * Waits for the next event; empty when the coordinator has ended the stream, because it stops or
   * because this reader did not keep up.
   */
  public Optional<EventView> next() throws IOException {
    String event = "";
    String data = "";
    for (String line = line(); line != null; line = line()) {
      if (line.startsWith("event: ")) {
        event = line.substring("event: ".length());
      } else if (line.startsWith("data: ")) {
        data = line.substring("data: ".length());
      } else if (line.isEmpty() && event.equals("job")) {
        return Optional.of(Json.read(data, EventView.class));
      } else if (line.isEmpty() && !event.isEmpty()) {
        dropped = event.equals("dropped");
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** A connection that breaks has ended: whether anybody is there is found by asking. */
  private @Nullable String line() {
    try {
      return lines.readLine();
    } catch (IOException e) {
      return null;
    }
  }

  /** Whether it ended because this reader did not keep up, and not with the coordinator. */
  public boolean wasDropped() {
    return dropped;
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
