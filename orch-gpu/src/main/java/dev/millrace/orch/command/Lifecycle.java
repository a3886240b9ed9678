package dev.millrace.orch.command;

/** Starts what runs here; both answer with an exit code. */
public interface Lifecycle {
  /** Runs a coordinator, its store and a provider until it is told to stop. */
  int up(UpOptions options);

  /** Shows the whole way once, on a sample. */
  int demo(DemoOptions options);
}
