package dev.millrace.runtime.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where one run works on its host. The function sees {@code input}, {@code output}, {@code tmp} and
 * {@code function}; {@code control} is the runner's own.
 *
 * @param root absolute, of this run alone
 */
public record WorkFolder(Path root) {
  public WorkFolder {
    if (!root.isAbsolute()) {
      throw new IllegalArgumentException("a work folder must be absolute: " + root);
    }
  }

  /** The input file lies here. */
  public Path input() {
    return root.resolve("input");
  }

  /** What the function leaves here is its output. */
  public Path output() {
    return root.resolve("output");
  }

  /** Scratch space and working directory, removed with the run. */
  public Path tmp() {
    return root.resolve("tmp");
  }

  /** The files that ship with the function. */
  public Path function() {
    return root.resolve("function");
  }

  /** What a bundle brought of the function's environment; not there without one. */
  public Path environment() {
    return root.resolve("environment");
  }

  /** What the runner needs to find the function again. */
  public Path control() {
    return root.resolve("control");
  }

  /** The kept log: written by the runner when the function has ended. */
  public Path log() {
    return root.resolve("log");
  }

  /** Makes the folders that are not there yet. */
  public void create() throws IOException {
    createOwn();
    create(function());
    create(control());
  }

  /**
   * Makes the folders that a run has of its own, whatever does its job: each folder that is made
   * and removed costs a short run more than its reading and writing.
   */
  public void createOwn() throws IOException {
    create(input());
    create(output());
    create(tmp());
  }

  private static void create(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
    }
  }
}
