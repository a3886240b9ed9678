package dev.millrace.fdl;

import dev.millrace.schema.function.Interpreter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads what runs: image, script, files. */
final class CodeFields {
  private static final Pattern IMAGE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,511}");
  private static final Pattern GLOB = Pattern.compile("[*?\\[\\]{}]");
  private static final String SCHEME = "docker://";

  private final ScriptSource scripts;

  CodeFields(ScriptSource scripts) {
    this.scripts = scripts;
  }

  /** A container image's reference. */
  Optional<String> image(Field field) {
    return field
        .word()
        .flatMap(text -> {
          String image = text;
          if (text.startsWith(SCHEME)) {
            field.warn(Finding.of("'" + SCHEME + "' is left out of the image's name"));
            image = text.substring(SCHEME.length());
          }
          return IMAGE.matcher(image).matches()
              ? Optional.of(image)
              : field.fail(
                  Finding.of("not an image reference", text, "[registry/]name[:tag|@digest]"));
        });
  }

  /** A script's text: the value itself when it has more than one line, else the file it names. */
  Optional<String> script(Field field) {
    Optional<String> value = field.text();
    if (value.isEmpty()) {
      return Optional.empty();
    }
    boolean inline = value.get().stripTrailing().contains("\n");
    if (inline || value.get().endsWith("\n")) {
      return warned(field, unwrap(field, "the script", ScriptText.of(value.get())));
    }
    return field
        .word()
        .flatMap(path -> {
          Lookup<String> found = scripts.script(path);
          if (path.contains(" ") && found instanceof Lookup.Missing<String>) {
            return field.fail(
                Finding.of(
                    "there is no file of this name; where it is a command, begin it on a line of"
                        + " its own after 'script: |'",
                    path,
                    "a path or a text of lines"));
          }
          return warned(field, unwrap(field, "script '" + shown(path) + "'", found));
        });
  }

  /** A first line that cannot be obeyed would be ignored in silence. */
  private Optional<String> warned(Field field, Optional<String> script) {
    String named = script.map(scripts::text).map(Interpreter::named).orElse("");
    if (!named.isEmpty() && !named.startsWith("/")) {
      field.warn(
          Finding.of(
              "its first line, '#!"
                  + shown(named)
                  + "', names no absolute path, so /bin/sh runs it; '#!/usr/bin/env "
                  + shown(named)
                  + "' finds the program"));
    }
    return script;
  }

  /** Files that ship with the function, each there and each with a last segment of its own. */
  List<String> files(Field field) {
    List<String> paths = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Field item : field.items()) {
      item.word()
          .flatMap(path -> file(item, path))
          .ifPresent(path -> {
            String name = path.substring(path.lastIndexOf('/') + 1);
            if (names.add(name)) {
              paths.add(path);
            } else {
              item.error(Finding.of("another file is called '" + shown(name) + "' too"));
            }
          });
    }
    return paths;
  }

  private Optional<String> file(Field item, String path) {
    if (GLOB.matcher(path).find()) {
      return item.fail(Finding.of("patterns are not allowed; name each file", path, "a path"));
    }
    String what = "file '" + shown(path) + "'";
    return unwrap(item, what, scripts.file(path))
        .flatMap(size -> unwrap(item, what, ShippedPath.plain(path)));
  }

  private static <T> Optional<T> unwrap(Field field, String what, Lookup<T> lookup) {
    return switch (lookup) {
      case Lookup.Found<T>(T value) -> Optional.of(value);
      case Lookup.Missing<T>() ->
          field.fail(Finding.of(what + " is not there; paths are relative to the FDL file"));
      case Lookup.Refused<T>(String reason) -> field.fail(Finding.of(what + " " + reason));
    };
  }

  private static String shown(String path) {
    return Finding.printable(path);
  }
}
