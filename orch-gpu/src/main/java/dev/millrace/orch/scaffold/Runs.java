package dev.millrace.orch.scaffold;

/** How a new function runs. */
public sealed interface Runs {
  /** As a child process, without isolation. */
  record AsProcess() implements Runs {}

  /** In a container of this image. */
  record InContainer(String image) implements Runs {
    public InContainer {
      if (image.isBlank() || image.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '\'')) {
        throw new IllegalArgumentException(
            "'" + image + "' is no image: name one as docker does, for instance debian:12");
      }
    }
  }
}
