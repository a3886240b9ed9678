package dev.millrace.triggers.embedded;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A form as a page would have it, signed by the version that needs least: 2. */
final class SignedForm {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Map<String, String> fields = new LinkedHashMap<>();

  SignedForm(EmbeddedStore store, Instant expiration, String conditions) {
    String json = "{\"expiration\": \"" + expiration + "\", \"conditions\": " + conditions + "}";
    String policy = Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    fields.put("AWSAccessKeyId", store.accessKey().id());
    fields.put("policy", policy);
    fields.put("signature", hmacSha1(store.accessKey().secret().value(), policy));
  }

  SignedForm with(String field, String value) {
    fields.put(field, value);
    return this;
  }

  SignedForm without(String field) {
    fields.remove(field);
    return this;
  }

  byte[] body(String fileName, byte[] file) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    fields.forEach((name, value) ->
        text(
            out,
            "--XyZ\r\nContent-Disposition: form-data; name=\""
                + name
                + "\"\r\n\r\n"
                + value
                + "\r\n"));
    text(
        out,
        "--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
            + fileName
            + "\"\r\nContent-Type: text/plain\r\n\r\n");
    out.writeBytes(file);
    text(out, "\r\n--XyZ--\r\n");
    return out.toByteArray();
  }

  HttpResponse<String> post(EmbeddedStore store, String bucket, String fileName, byte[] file)
      throws IOException, InterruptedException {
    return post(store, bucket, body(fileName, file));
  }

  static HttpResponse<String> post(EmbeddedStore store, String bucket, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(store.endpoint() + "/" + bucket))
            .header("Content-Type", "multipart/form-data; boundary=XyZ")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static void text(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  static String hmacSha1(String secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
      byte[] sum = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(sum);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
