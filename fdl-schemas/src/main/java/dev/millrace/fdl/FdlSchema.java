package dev.millrace.fdl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The JSON Schema (2020-12) of an FDL file, for editors and other programs. */
public final class FdlSchema {
  private static final String RESOURCE = "fdl.schema.json";

  private FdlSchema() {}

  /** The schema's text, ended by a line feed. */
  public static String text() {
    try (InputStream in =
        Objects.requireNonNull(FdlSchema.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE + " of this program", e);
    }
  }
}
