package dev.millrace.schema.function;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What runs.
 *
 * @param image container image; null for runner {@code process}
 * @param script text run by what its first line names ({@link Interpreter}), line ends normalised; null runs the image's command
 * @param files shipped with the function, by path relative to the FDL file; a run finds them in
 *     {@code MILLRACE_FUNCTION_DIR} under their last segment
 */
public record Code(@Nullable String image, @Nullable String script, List<String> files) {
  public Code {
    files = List.copyOf(files);
    if (image == null && script == null) {
      throw new IllegalArgumentException("a function needs an image or a script");
    }
  }
}
