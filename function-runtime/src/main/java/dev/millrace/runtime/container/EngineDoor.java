package dev.millrace.runtime.container;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The way to an engine that may not be there yet: each time that it is asked for and was not found
 * before, it is looked for again.
 */
public final class EngineDoor implements AutoCloseable {
  private final URI host;
  private final AtomicReference<@Nullable Engine> open = new AtomicReference<>();

  /** Nothing is looked for before it is asked for. */
  public EngineDoor(URI host) {
    this.host = host;
  }

  /** The engine, or why there is none. */
  public Opened look() throws InterruptedException {
    Engine known = open.get();
    if (known != null) {
      return new Opened.Ready(known);
    }
    Opened opened = Engine.open(host);
    if (opened instanceof Opened.Ready(Engine fresh) && !open.compareAndSet(null, fresh)) {
      closed(fresh);
      return look();
    }
    return opened;
  }

  /**
   * The engine.
   *
   * @throws EngineException UNREACHABLE with the reason when there is none
   */
  public Engine engine() throws EngineException, InterruptedException {
    return switch (look()) {
      case Opened.Ready(Engine engine) -> engine;
      case Opened.Unusable(String reason) ->
          throw new EngineException(EngineException.Kind.UNREACHABLE, reason, null);
    };
  }

  /** What is known of the engine; empty when it was never there. */
  public Optional<EngineFacts> facts() {
    return Optional.ofNullable(open.get()).map(Engine::facts);
  }

  private static void closed(Engine engine) {
    try {
      engine.close();
    } catch (IOException e) {
      // It was never used: nothing hangs on it.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    Engine engine = open.getAndSet(null);
    if (engine != null) {
      engine.close();
    }
  }
}
