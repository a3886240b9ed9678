package dev.millrace.orch.api.view;

import dev.millrace.schema.object.UploadStep;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A step of an upload in parts.
 *
 * @param step {@code begin}, {@code part}, {@code complete} or {@code abort}
 * @param upload as the store's answer to the begin named it; null for a begin
 * @param number of the part, 1 to 10,000; null for the other steps
 */
public record UploadStepView(String step, @Nullable String upload, @Nullable Integer number) {
  /** As the API writes it. */
  public static UploadStepView of(UploadStep step) {
    return switch (step) {
      case UploadStep.Begin() -> new UploadStepView("begin", null, null);
      case UploadStep.Part(String upload, int number) -> new UploadStepView("part", upload, number);
      case UploadStep.Complete(String upload) -> new UploadStepView("complete", upload, null);
      case UploadStep.Abort(String upload) -> new UploadStepView("abort", upload, null);
    };
  }

  /**
   * The step that is meant.
   *
   * @throws IllegalArgumentException when there is no such step
   */
  public UploadStep meant() {
    if (number != null && !step.equals("part")) {
      throw new IllegalArgumentException("step " + step + " has no number, found: " + number);
    }
    return switch (step) {
      case "begin" -> begin();
      case "part" -> new UploadStep.Part(named(), numbered());
      case "complete" -> new UploadStep.Complete(named());
      case "abort" -> new UploadStep.Abort(named());
      default ->
          throw new IllegalArgumentException(
              "step must be begin, part, complete or abort, found: '" + step + "'");
    };
  }

  private UploadStep begin() {
    if (upload != null) {
      throw new IllegalArgumentException("a begin names no upload: the store's answer to it does");
    }
    return new UploadStep.Begin();
  }

  private String named() {
    return Optional.ofNullable(upload)
        .orElseThrow(() -> new IllegalArgumentException("step " + step + " names its upload"));
  }

  private int numbered() {
    return Optional.ofNullable(number)
        .orElseThrow(() -> new IllegalArgumentException("step part needs its number"));
  }
}
