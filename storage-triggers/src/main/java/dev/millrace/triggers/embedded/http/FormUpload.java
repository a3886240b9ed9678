package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.names.StoredObject;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.AccessKey;
import dev.millrace.triggers.embedded.signature.Authorizer;
import dev.millrace.triggers.embedded.signature.PayloadHash;
import dev.millrace.triggers.embedded.signature.PercentEncoding;
import dev.millrace.triggers.embedded.signature.PolicySignature;
import dev.millrace.triggers.embedded.signature.Query;
import dev.millrace.triggers.embedded.signature.SignatureVerifier;
import dev.millrace.triggers.embedded.signature.SignedRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * PostObject: the upload of a file from a browser's form. The form's fields carry a policy and its
 * signature; both are proved before a byte of the file, which comes last, is kept.
 */
final class FormUpload {
  private final SignatureVerifier verifier;
  private final Authorizer authorizer;
  private final WriteOperations writes;

  FormUpload(SignatureVerifier verifier, Authorizer authorizer, WriteOperations writes) {
    this.verifier = verifier;
    this.authorizer = authorizer;
    this.writes = writes;
  }

  static boolean isForm(SignedRequest head, Target target) {
    return head.method().equals("POST")
        && target.isBucket()
        && head.query().parameters().isEmpty()
        && FormParts.isForm(head.header("content-type").orElse(""));
  }

  Answer answer(SignedRequest head, Target target, InputStream body) throws IOException {
    String bucket = target.bucket();
    FormParts parts = FormParts.of(body, head.header("content-type").orElse(""));
    FormFields form = FormFields.read(parts);
    AccessKey caller = caller(form);
    PostPolicy policy = PostPolicy.parse(form.value("policy").orElse(""));
    policy.check(form, bucket, verifier.now());
    String key = Target.checkedKey(form.value("key").orElse(""));
    if (key.isEmpty()) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, "Bucket POST must contain a field named 'key'.");
    }
    if (!authorizer.permits(
        caller, new Authorizer.Access(Authorizer.Action.WRITE, "PostObject", bucket, key))) {
      throw new Refusal(ErrorCode.ACCESS_DENIED, "Access Denied");
    }
    SignedRequest meant =
        new SignedRequest("POST", head.rawPath(), new Query(List.of()), headers(form));
    S3Call call =
        new S3Call(meant, new Target(bucket, key), caller, new PayloadHash.Unsigned(), parts);
    StoredObject object = writes.post(call, policy, () -> checkLast(parts));
    return done(form, object);
  }

  private AccessKey caller(FormFields form) {
    String policy =
        form.value("policy")
            .orElseThrow(() ->
                new Refusal(
                    ErrorCode.ACCESS_DENIED,
                    "Anonymous forms are refused: sign a policy with an access key."));
    return verifier.verifyPolicy(new PolicySignature(policy, form.values()));
  }

  private static List<SignedRequest.Header> headers(FormFields form) {
    if (form.value("x-amz-security-token").isPresent()) {
      throw new Refusal(ErrorCode.NOT_IMPLEMENTED, "Not supported: x-amz-security-token");
    }
    List<SignedRequest.Header> headers = new ArrayList<>(form.headers());
    form.value("tagging")
        .map(TaggingOperations::tagsOf)
        .ifPresent(tags -> headers.add(new SignedRequest.Header("x-amz-tagging", tags)));
    return headers;
  }

  /** A form that was cut off after its file is no whole form; fields after it do not count. */
  private static void checkLast(FormParts parts) throws IOException {
    for (Optional<FormParts.Part> part = parts.next(); part.isPresent(); part = parts.next()) {
      if (part.get().name().equalsIgnoreCase("file")) {
        throw new Refusal(
            ErrorCode.INVALID_ARGUMENT, "POST requires exactly one file upload per request.");
      }
    }
  }

  private static Answer done(FormFields form, StoredObject object) {
    String path = pathOf(object);
    Map<String, String> headers = new LinkedHashMap<>(ObjectAnswers.written(object));
    Optional<String> redirect =
        form.value("success_action_redirect")
            .or(() -> form.value("redirect"))
            .flatMap(url -> redirect(url, object));
    if (redirect.isPresent()) {
      headers.put("location", redirect.get());
      return new Answer.Empty(303, headers);
    }
    headers.put("location", path);
    return switch (form.value("success_action_status").orElse("")) {
      case "200" -> new Answer.Empty(200, headers);
      case "201" -> {
        Xml xml =
            Xml.bare("PostResponse")
                .element("Location", path)
                .element("Bucket", object.bucket())
                .element("Key", object.key())
                .element("ETag", ObjectAnswers.quoted(object.content().etag()));
        yield new Answer.Document(201, headers, xml.text());
      }
      default -> new Answer.Empty(204, headers);
    };
  }

  private static String pathOf(StoredObject object) {
    String path = "/" + object.bucket() + "/" + object.key();
    return PercentEncoding.encodePath(path.getBytes(StandardCharsets.UTF_8));
  }

  /** Where the browser goes then; what is no web address counts as absent, as S3 has it. */
  private static Optional<String> redirect(String url, StoredObject object) {
    try {
      URI uri = new URI(url);
      if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
        return Optional.empty();
      }
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
    String etag = ObjectAnswers.quoted(object.content().etag());
    return Optional.of(
        url
            + (url.contains("?") ? "&" : "?")
            + "bucket="
            + PercentEncoding.encode(object.bucket())
            + "&key="
            + PercentEncoding.encode(object.key())
            + "&etag="
            + PercentEncoding.encode(etag));
  }
}
