package dev.millrace.orch.api;

import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.schema.json.Json;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers what the server refuses before any route sees it: heads that are too long or no HTTP. */
record ServerErrors(RequestIds ids) implements Request.Handler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    String id = ids.of(request.getHeaders().get(RequestIds.HEADER));
    ProblemView problem =
        Refusal.of(
                status,
                HttpStatus.getMessage(status),
                "the server refused the request before it was read whole",
                status == 431 || status == 414
                    ? "send shorter headers and a shorter path; together they may have 8 KiB"
                    : "send a well-formed HTTP/1.1 request")
            .problem()
            .of(id);
    byte[] body = Json.bytes(problem);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, ProblemView.MEDIA_TYPE);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.getHeaders().put(RequestIds.HEADER, id);
    response.write(true, ByteBuffer.wrap(body), callback);
    return true;
  }
}
