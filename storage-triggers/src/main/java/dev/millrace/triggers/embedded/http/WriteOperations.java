package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.blob.BlobReceiver;
import dev.millrace.triggers.embedded.blob.FreshBytes;
import dev.millrace.triggers.embedded.names.EventName;
import dev.millrace.triggers.embedded.names.NewContent;
import dev.millrace.triggers.embedded.names.Objects;
import dev.millrace.triggers.embedded.names.StoredObject;
import dev.millrace.triggers.embedded.names.WriteCondition;
import dev.millrace.triggers.embedded.names.WriteOutcome;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** PutObject and CopyObject. */
final class WriteOperations {
  /** The source can be overwritten between the look and the commit; then the new one is copied. */
  private static final int COPY_TRIES_MAX = 100;

  private final Catalog catalog;
  private final BucketOperations buckets;
  private final long objectMaxBytes;

  WriteOperations(Catalog catalog, BucketOperations buckets, long objectMaxBytes) {
    this.catalog = catalog;
    this.buckets = buckets;
    this.objectMaxBytes = objectMaxBytes;
  }

  /** Takes a body in; when this fails, nothing stays. */
  private NewContent keep(S3Call call) throws IOException {
    long announced = BodyReader.length(call);
    catalog.requireSpace(Math.min(announced, objectMaxBytes));
    try (BlobReceiver blob = catalog.blobs().receive(announced)) {
      BodyReader.Received received = BodyReader.read(call, objectMaxBytes, Optional.empty(), blob);
      return kept(blob, received);
    }
  }

  private static NewContent kept(BlobReceiver blob, BodyReader.Received received)
      throws IOException {
    return new NewContent(blob.keep(), received.size(), received.md5(), received.checksum());
  }

  Answer put(S3Call call) throws IOException {
    KeptHeaders.refuseUnkept(call);
    Objects.Target target = target(call);
    refuseEarly(call, target.condition());
    long announced = BodyReader.length(call);
    if (announced <= objectMaxBytes) {
      catalog.objects().requireRoom(call.bucket(), call.key(), announced);
    }
    StoredObject object = name(call, target, keep(call), EventName.CREATED_PUT);
    return new Answer.Empty(200, ObjectAnswers.written(object));
  }

  /** Something that must hold of a request after its last byte. */
  @FunctionalInterface
  interface LastCheck {
    void run() throws IOException;
  }

  /** Keeps the file of a form, when the policy allows its size and the form is whole. */
  StoredObject post(S3Call call, PostPolicy policy, LastCheck whole) throws IOException {
    KeptHeaders.refuseUnkept(call);
    Objects.Target target = target(call);
    buckets.require(call);
    catalog.requireSpace(0);
    try (BlobReceiver blob = catalog.blobs().receive()) {
      BodyReader.LengthRange lengths = policy.lengths(objectMaxBytes);
      BodyReader.Received received = BodyReader.readToEnd(call, lengths, blob);
      whole.run();
      return name(call, target, kept(blob, received), EventName.CREATED_POST);
    }
  }

  private StoredObject name(S3Call call, Objects.Target target, NewContent content, EventName event)
      throws IOException {
    WriteOutcome outcome =
        committed(catalog, content.bytes(), () -> catalog.objects().put(target, content, event));
    if (!(outcome instanceof WriteOutcome.Written)) {
      catalog.remove(content.bytes());
    }
    WriteOutcome.Written written = ObjectAnswers.written(call, outcome);
    catalog.remove(written.unnamed());
    return written.object();
  }

  /** A commit that names bytes. */
  @FunctionalInterface
  interface Commit<T> {
    T run() throws IOException;
  }

  /**
   * Runs a commit. When it is certain that it did not happen, a file goes; when that is unknown, it
   * stays, and the sweep of the next start decides.
   */
  static <T> T committed(Catalog catalog, FreshBytes bytes, Commit<T> commit) throws IOException {
    try {
      return commit.run();
    } catch (Refusal refusal) {
      catalog.remove(bytes);
      throw refusal;
    }
  }

  /** What can be refused before the body has been sent need not be sent. */
  private void refuseEarly(S3Call call, WriteCondition condition) throws IOException {
    buckets.require(call);
    if (condition instanceof WriteCondition.Absent
        && catalog.objects().find(call.bucket(), call.key()).isPresent()) {
      throw ObjectAnswers.preconditionFailed();
    }
  }

  Answer copy(S3Call call) throws IOException {
    KeptHeaders.refuseUnkept(call);
    CopySource source = CopySource.of(call);
    Objects.CopyRule rule =
        new Objects.CopyRule(
            !directive(call, "x-amz-metadata-directive"),
            !directive(call, "x-amz-tagging-directive"));
    boolean toItself = source.bucket().equals(call.bucket()) && source.key().equals(call.key());
    if (toItself && rule.sourceHeaders() && rule.sourceTags()) {
      throw new Refusal(
          ErrorCode.INVALID_REQUEST,
          "An object is not copied to itself without a change of its metadata.");
    }
    Objects.Target target = target(call);
    StoredObject from = source.find(catalog, call);
    WriteOutcome outcome = copy(from, target, rule);
    for (int i = 0; i < COPY_TRIES_MAX && outcome instanceof WriteOutcome.NoSuchKey; i++) {
      StoredObject now = source.find(catalog, call);
      if (now.generation() == from.generation()) {
        break;
      }
      from = now;
      outcome = copy(from, target, rule);
    }
    WriteOutcome.Written written = ObjectAnswers.written(call, outcome);
    catalog.remove(written.unnamed());
    return copied(written.object());
  }

  /** A second name for the same bytes: no size is too large for that. */
  private WriteOutcome copy(StoredObject from, Objects.Target target, Objects.CopyRule rule)
      throws IOException {
    return catalog.objects().copy(from, target, rule);
  }

  private static Answer copied(StoredObject object) {
    Xml xml =
        Xml.document("CopyObjectResult")
            .element("LastModified", HttpDates.document(object.modified()))
            .element("ETag", ObjectAnswers.quoted(object.content().etag()));
    object.content().checksum().ifPresent(checksum -> ObjectAnswers.put(xml, checksum));
    Map<String, String> headers =
        Map.of(ObjectAnswers.GENERATION, Long.toString(object.generation()));
    return new Answer.Document(200, headers, xml.text());
  }

  private static boolean directive(S3Call call, String name) {
    String value = call.header(name).orElse("COPY");
    return switch (value) {
      case "COPY" -> false;
      case "REPLACE" -> true;
      default ->
          throw new Refusal(
              ErrorCode.INVALID_ARGUMENT, name + " must be COPY or REPLACE: " + value);
    };
  }

  private static Objects.Target target(S3Call call) {
    return new Objects.Target(
        call.bucket(),
        call.key(),
        KeptHeaders.of(call),
        Tags.ofHeader(call),
        Conditions.ofWrite(call));
  }
}
