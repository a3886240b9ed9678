package dev.millrace.triggers.embedded.minio;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Map;

/** A browser's form with one file. */
final class Form {
  private Form() {}

  static HttpRequest.Builder upload(URI to, Map<String, String> fields, String key, String file) {
    StringBuilder form = new StringBuilder();
    fields.forEach((name, value) -> form.append(field(name, value)));
    form.append(field("key", key)).append(field("file\"; filename=\"f", file)).append("--b--\r\n");
    return HttpRequest.newBuilder(to)
        .header("content-type", "multipart/form-data; boundary=b")
        .POST(HttpRequest.BodyPublishers.ofString(form.toString()));
  }

  private static String field(String name, String value) {
    return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
  }
}
