package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.refusal.Refusal;
import java.util.Map;

/** S3's error document. */
final class ErrorAnswers {
  private ErrorAnswers() {}

  static Answer of(Refusal refusal, String resource, String requestId) {
    Xml xml =
        Xml.bare("Error")
            .element("Code", refusal.code().code())
            .element("Message", String.valueOf(refusal.getMessage()))
            .element("Resource", resource)
            .element("RequestId", requestId);
    return new Answer.Document(refusal.code().status(), Map.of(), xml.text());
  }
}
