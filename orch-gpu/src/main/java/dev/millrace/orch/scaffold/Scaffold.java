package dev.millrace.orch.scaffold;

import dev.millrace.schema.id.FunctionName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A function of someone's own: a shell script that turns each file into another.
 *
 * @param bucket files come from {@code in/} of it, and results go to {@code out/}
 */
public record Scaffold(FunctionName name, String bucket, Runs runs) {
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]");

  /** The example's name, of input and result alike. */
  public static final String EXAMPLE = "example.txt";

  public Scaffold {
    if (!BUCKET.matcher(bucket).matches()) {
      throw new IllegalArgumentException(
          "'"
              + bucket
              + "' is no bucket's name: 3 to 63 small letters, digits and dashes, with --bucket");
    }
  }

  /** A bucket's name that is like a function's. */
  public static String bucketFor(FunctionName name) {
    String low = name.value().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    String cut = low.substring(0, Math.min(low.length(), 50)).replaceAll("^-+|-+$", "");
    return cut.length() < 3 ? cut + "-files" : cut;
  }

  /** The files. */
  public Draft draft() {
    List<Draft.NewFile> files = new ArrayList<>();
    files.add(new Draft.NewFile("function.yaml", function()));
    files.add(new Draft.NewFile("script.sh", SCRIPT));
    files.add(new Draft.NewFile("millrace.yaml", configuration()));
    files.add(new Draft.NewFile(EXAMPLE, "A file dropped into a bucket\nbecomes a job.\n"));
    files.add(new Draft.NewFile("README.md", readme()));
    return new Draft(files);
  }

  private String function() {
    return """
    functions:
      millrace:
        - name: %s
    %s
          script: script.sh
          memory: 256Mi
          cpu: 0.5
          timeout: 60s
          input:
            - {storage_provider: millrace.default, path: %s/in}
          output:
            - {storage_provider: millrace.default, path: %s/out}
    """
        .formatted(quoted(name.value()), how(), bucket, bucket);
  }

  /** Names that YAML would take for something else. */
  private static String quoted(String text) {
    return text.matches("[A-Za-z][A-Za-z0-9-]*") && !WORDS.contains(text.toLowerCase(Locale.ROOT))
        ? text
        : "\"" + text + "\"";
  }

  private static final List<String> WORDS =
      List.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

  private String how() {
    return switch (runs) {
      case Runs.AsProcess ignored ->
          "      runner: process      # without isolation; millrace.yaml allows it by name";
      case Runs.InContainer(String image) ->
          "      image: \""
              + image
              + "\"     # used as it is; no network unless the function says so";
    };
  }

  private static final String SCRIPT =
      """
      #!/bin/sh
      # The line above says what runs this: #!/usr/bin/env python3 would make it a Python script.
      # Runs once for each file that is dropped: reads $INPUT_FILE_PATH, and leaves its results in
      # $TMP_OUTPUT_DIR. What it prints is the job's log; its exit code decides.
      set -eu
      # What the key has behind the input path, folders too: x/a.txt and y/a.txt stay two results.
      name=${STORAGE_OBJECT_KEY#in/}
      case "/$name/" in */../*) echo "no result may be called $name" >&2; exit 1 ;; esac
      mkdir -p "$TMP_OUTPUT_DIR/$(dirname "$name")"
      echo "working on $name: $(wc -l < "$INPUT_FILE_PATH") lines, on $(uname -s)"
      tr '[:lower:]' '[:upper:]' < "$INPUT_FILE_PATH" > "$TMP_OUTPUT_DIR/$name"
      """;

  private String configuration() {
    return switch (runs) {
      case Runs.AsProcess ignored ->
          """
          # A plain process can do what Millrace itself can: allowed for this one function, by name.
          provider:
            runners:
              process: {allow: [%s]}
          """
              .formatted(quoted(name.value()));
      case Runs.InContainer ignored ->
          """
          # Containers need a Docker Engine, 20.10 or later: without one `up` says so and ends.
          provider:
            runners:
              docker: {enabled: true}
          """;
    };
  }

  private String readme() {
    return """
    # %s

    Each file that is dropped into `s3://%s/in/` is given to `script.sh`, and what that leaves
    in `$TMP_OUTPUT_DIR` comes to `s3://%s/out/`.

    | file | what |
    |---|---|
    | `function.yaml` | the function: where from, where to, how much memory and time |
    | `script.sh` | what it does; change it and deploy again |
    | `millrace.yaml` | what `millrace up` needs to run it |
    | `example.txt` | something to drop |

    `millrace` is the launcher in Millrace's own folder: call it by its path, or put a link to it on
    the PATH, `ln -s PATH/OF/millrace ~/.local/bin/`. In this folder:

    ```sh
    millrace validate function.yaml              # after each change
    millrace up --config millrace.yaml           # stays; the rest in another terminal
    millrace deploy function.yaml
    millrace put example.txt s3://%s/in/
    millrace get s3://%s/out/example.txt - --wait 60
    ```
    """
        .formatted(name, bucket, bucket, bucket, bucket);
  }
}
