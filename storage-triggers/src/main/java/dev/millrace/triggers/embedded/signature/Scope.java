package dev.millrace.triggers.embedded.signature;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.util.List;

/** A credential with its scope: {@code KEY/20261122/region/s3/aws4_request}. */
record Scope(String accessKeyId, String date, String region, String service) {

  static Scope parse(String credential, ErrorCode malformed) {
    List<String> parts = List.of(credential.split("/", -1));
    int count = parts.size();
    if (count < 5
        || !parts.get(count - 1).equals("aws4_request")
        || !parts.get(count - 2).equals("s3")
        || parts.get(count - 3).isEmpty()
        || !parts.get(count - 4).matches("[0-9]{8}")) {
      throw new Refusal(malformed, "The credential must be KEY/YYYYMMDD/REGION/s3/aws4_request.");
    }
    String id = String.join("/", parts.subList(0, count - 4));
    return new Scope(id, parts.get(count - 4), parts.get(count - 3), parts.get(count - 2));
  }

  String text() {
    return date + "/" + region + "/" + service + "/aws4_request";
  }
}
