package dev.millrace.orch.command;

import dev.millrace.orch.bench.Ground;
import org.jspecify.annotations.Nullable;

/** For commands that start nothing. */
public final class NoLifecycle implements Lifecycle {
  private final @Nullable Ground ground;

  public NoLifecycle() {
    this(null);
  }

  NoLifecycle(@Nullable Ground ground) {
    this.ground = ground;
  }

  @Override
  public int up(UpOptions options) {
    throw new AssertionError("nothing is to be started");
  }

  @Override
  public int store(PartOptions options) {
    throw new AssertionError("nothing is to be started");
  }

  @Override
  public int coordinator(PartOptions options) {
    throw new AssertionError("nothing is to be started");
  }

  @Override
  public int provider(PartOptions options) {
    throw new AssertionError("nothing is to be started");
  }

  @Override
  public int demo(DemoOptions options) {
    throw new AssertionError("nothing is to be started");
  }

  @Override
  public Upkeep upkeep() {
    throw new AssertionError("nothing is to be looked after");
  }

  @Override
  public Ground ground() {
    if (ground == null) {
      throw new AssertionError("nothing is to be measured");
    }
    return ground;
  }
}
