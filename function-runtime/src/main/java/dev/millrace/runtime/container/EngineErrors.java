package dev.millrace.runtime.container;

import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sorts what the client library throws. */
final class EngineErrors {
  private static final Pattern MESSAGE =
      Pattern.compile("\\{\\s*\"message\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final int SHOWN_MAX = 600;

  private EngineErrors() {}

  static EngineException sorted(Throwable failure) {
    return switch (failure) {
      case EngineException known -> known;
      case NotFoundException e -> of(EngineException.Kind.NOT_FOUND, e);
      case ConflictException e -> of(EngineException.Kind.CONFLICT, e);
      case BadRequestException e -> of(EngineException.Kind.REFUSED, e);
      case DockerException e ->
          of(
              e.getHttpStatus() >= 400 && e.getHttpStatus() < 500
                  ? EngineException.Kind.REFUSED
                  : EngineException.Kind.FAILED,
              e);
      default ->
          broken(failure)
              ? of(EngineException.Kind.UNREACHABLE, failure)
              : of(EngineException.Kind.FAILED, failure);
    };
  }

  /** The library wraps what went wrong on the connection, sometimes twice. */
  private static boolean broken(Throwable failure) {
    Throwable at = failure;
    for (int i = 0; at != null && i < 10; i++) {
      if (at instanceof IOException) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }

  private static EngineException of(EngineException.Kind kind, Throwable failure) {
    return new EngineException(kind, said(failure), failure);
  }

  /** The engine's own sentence where there is one. */
  private static String said(Throwable failure) {
    String text = String.valueOf(failure.getMessage());
    Matcher matcher = MESSAGE.matcher(text);
    String said =
        matcher.find()
            ? matcher.group(1).replace("\\\"", "\"").replace("\\n", " ").replace("\\\\", "\\")
            : text;
    String line = said.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= SHOWN_MAX ? line : line.substring(0, SHOWN_MAX) + "...";
  }
}
