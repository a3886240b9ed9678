package dev.millrace.orch.command;

import dev.millrace.orch.bench.Ground;

/** Starts what runs here; all answer with an exit code. */
public interface Lifecycle {
  /** Runs a coordinator, its store and a provider until it is told to stop. */
  int up(UpOptions options);

  /** Runs a store alone until it is told to stop. */
  int store(PartOptions options);

  /** Runs a coordinator alone until it is told to stop. */
  int coordinator(PartOptions options);

  /** Runs a provider alone until it is told to stop. */
  int provider(PartOptions options);

  /** What benchmarks measure. */
  Ground ground();

  /** Shows the whole way once, on a sample. */
  int demo(DemoOptions options);

  /** What is done to this machine's own folder. */
  Upkeep upkeep();
}
