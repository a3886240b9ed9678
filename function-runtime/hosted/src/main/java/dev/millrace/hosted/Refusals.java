package dev.millrace.hosted;

import dev.millrace.hosted.run.NotFollowed;
import java.io.UncheckedIOException;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Answers to what could not be followed. */
@RestControllerAdvice
class Refusals {
  @ExceptionHandler
  ResponseEntity<Map<String, String>> notFollowed(NotFollowed refused) {
    return ResponseEntity.unprocessableContent().body(said(refused));
  }

  /** Who told may tell again. */
  @ExceptionHandler
  ResponseEntity<Map<String, String>> notRead(UncheckedIOException failure) {
    return ResponseEntity.status(503).body(said(failure));
  }

  private static Map<String, String> said(RuntimeException failure) {
    return Map.of("message", String.valueOf(failure.getMessage()));
  }
}
