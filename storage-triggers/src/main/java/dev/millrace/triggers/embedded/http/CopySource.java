package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.names.StoredObject;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.Authorizer;
import dev.millrace.triggers.embedded.signature.PercentEncoding;
import java.io.IOException;

/** The object that x-amz-copy-source names. */
record CopySource(String bucket, String key) {

  static CopySource of(S3Call call) {
    String header = call.header("x-amz-copy-source").orElse("");
    int question = header.indexOf('?');
    if (question >= 0 && !header.substring(question).equals("?versionId=null")) {
      throw new Refusal(ErrorCode.NOT_IMPLEMENTED, "Versions are not supported.");
    }
    String raw = question < 0 ? header : header.substring(0, question);
    String text = PercentEncoding.utf8(PercentEncoding.decode(raw, false));
    String name = text.startsWith("/") ? text.substring(1) : text;
    int slash = name.indexOf('/');
    if (slash < 1 || slash == name.length() - 1) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, "x-amz-copy-source must be bucket/key: " + header);
    }
    return new CopySource(name.substring(0, slash), Target.checkedKey(name.substring(slash + 1)));
  }

  /** What the caller needs to be permitted. */
  Authorizer.Access access(String operation) {
    return new Authorizer.Access(Authorizer.Action.READ, operation, bucket, key);
  }

  /** The source as it is now, when it is there and its conditions hold. */
  StoredObject find(Catalog catalog, S3Call call) throws IOException {
    return checked(call, ReadOperations.find(catalog, bucket, key));
  }

  static StoredObject checked(S3Call call, StoredObject object) {
    if (Conditions.judge(call, "x-amz-copy-source-", object) != Conditions.Verdict.GO_ON) {
      throw ObjectAnswers.preconditionFailed();
    }
    return object;
  }
}
