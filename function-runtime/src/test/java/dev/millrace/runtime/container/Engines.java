package dev.millrace.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Named;

/**
 * The engines that tests run on: {@code MILLRACE_ENGINES=old=unix:///...,new=unix:///...}. The
 * folder of a socket may have a folder {@code cdi}, from where an engine named {@code new} reads.
 */
final class Engines {
  /** An unmodified Debian, which infra/checks/engine.sh makes in each. */
  static final String IMAGE = "millrace-test/debian:12";

  private Engines() {}

  /** One engine. */
  record Given(String label, URI host) {
    Engine open() throws InterruptedException {
      Opened opened = Engine.open(host);
      assertThat(opened).isInstanceOf(Opened.Ready.class);
      return ((Opened.Ready) opened).engine();
    }

    /** A name that is of this process alone. */
    String name(String what) {
      return "millrace-it-" + what + "-" + ProcessHandle.current().pid();
    }

    /** From where it reads CDI specs. */
    Optional<Path> cdi() {
      Path folder = Path.of(host.getPath()).resolveSibling("cdi");
      return label.equals("new") && Files.isDirectory(folder)
          ? Optional.of(folder)
          : Optional.empty();
    }
  }

  static List<Named<Given>> given() {
    String text = System.getenv().getOrDefault("MILLRACE_ENGINES", "");
    if (text.isBlank()) {
      abort("no engine: set MILLRACE_ENGINES, or run infra/checks/engines.sh");
    }
    List<Named<Given>> found = new ArrayList<>();
    for (String each : text.split(",")) {
      String[] parts = each.split("=", 2);
      found.add(Named.of(parts[0], new Given(parts[0], URI.create(parts[1]))));
    }
    return found;
  }
}
