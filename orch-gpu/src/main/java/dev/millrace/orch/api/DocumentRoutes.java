package dev.millrace.orch.api;

import java.io.IOException;
import java.io.InputStream;

/** The API's own description: an OpenAPI 3.1 document, for anyone. */
final class DocumentRoutes {
  static final String FILE = "openapi.json";

  void add(Router router) {
    router.get("/v1/openapi.json", Router.Need.NOTHING, this::document);
  }

  private void document(Exchange exchange) throws IOException {
    try (InputStream in = DocumentRoutes.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IOException(FILE + " is missing from this program");
      }
      exchange.send(200, "application/json", in.readAllBytes());
    }
  }
}
