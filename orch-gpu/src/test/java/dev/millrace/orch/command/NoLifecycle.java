package dev.millrace.orch.command;

import dev.millrace.orch.bench.Ground;

/** For commands that start nothing. */
final class NoLifecycle implements Lifecycle {
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
  public Ground ground() {
    throw new AssertionError("nothing is to be measured");
  }

  @Override
  public Upkeep upkeep() {
    throw new AssertionError("nothing is to be looked after");
  }
}
