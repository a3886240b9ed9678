package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.names.Objects;
import dev.millrace.triggers.embedded.names.WriteCondition;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** DeleteObject and DeleteObjects. */
final class DeleteOperations {
  private static final int DOCUMENT_MAX_BYTES = 8 << 20;
  private static final int KEYS_MAX = 1000;

  private final Catalog catalog;

  DeleteOperations(Catalog catalog) {
    this.catalog = catalog;
  }

  Answer delete(S3Call call) throws IOException {
    WriteCondition condition = Conditions.ofWrite(call);
    if (condition instanceof WriteCondition.Absent) {
      throw new Refusal(ErrorCode.NOT_IMPLEMENTED, "A deletion takes If-Match alone.");
    }
    Objects.Deletion deletion = new Objects.Deletion(call.key(), condition);
    Objects.Removal removal = catalog.objects().delete(call.bucket(), List.of(deletion)).getFirst();
    Optional<Refusal> refusal = refusal(call, deletion, removal);
    if (refusal.isPresent()) {
      throw refusal.get();
    }
    return Answer.Empty.noContent();
  }

  Answer deleteAll(S3Call call) throws IOException {
    XmlElement document =
        XmlElement.parse(BodyReader.readDocument(call, DOCUMENT_MAX_BYTES), "Delete");
    List<Objects.Deletion> deletions = new ArrayList<>();
    for (XmlElement object : document.all("Object")) {
      String version = object.value("VersionId").orElse("null");
      if (!version.equals("null") && !version.isEmpty()) {
        throw new Refusal(ErrorCode.NOT_IMPLEMENTED, "Versions are not supported.");
      }
      WriteCondition condition =
          object
              .value("ETag")
              .<WriteCondition>map(tag -> new WriteCondition.Matches(Conditions.unquoted(tag)))
              .orElseGet(WriteCondition.Anything::new);
      deletions.add(new Objects.Deletion(Target.checkedKey(object.required("Key")), condition));
    }
    if (deletions.isEmpty() || deletions.size() > KEYS_MAX) {
      throw XmlElement.malformed("A batch has 1 to " + KEYS_MAX + " objects.");
    }
    boolean quiet = document.value("Quiet").orElse("false").equalsIgnoreCase("true");
    return report(call, deletions, quiet);
  }

  private Answer report(S3Call call, List<Objects.Deletion> deletions, boolean quiet)
      throws IOException {
    List<Objects.Removal> removals = catalog.objects().delete(call.bucket(), deletions);
    Xml xml = Xml.document("DeleteResult");
    for (int i = 0; i < deletions.size(); i++) {
      Objects.Deletion deletion = deletions.get(i);
      if (removals.get(i) instanceof Objects.Removal.NoSuchBucket) {
        throw ObjectAnswers.noSuchBucket(call.bucket());
      }
      Optional<Refusal> refusal = refusal(call, deletion, removals.get(i));
      if (refusal.isPresent()) {
        xml.open("Error")
            .element("Key", deletion.key())
            .element("Code", refusal.get().code().code())
            .element("Message", String.valueOf(refusal.get().getMessage()))
            .close("Error");
      } else if (!quiet) {
        xml.open("Deleted").element("Key", deletion.key()).close("Deleted");
      }
    }
    return Answer.Document.ok(xml);
  }

  private Optional<Refusal> refusal(
      S3Call call, Objects.Deletion deletion, Objects.Removal removal) {
    return switch (removal) {
      case Objects.Removal.Removed removed -> {
        catalog.remove(removed.unnamed());
        yield Optional.empty();
      }
      case Objects.Removal.NoSuchBucket() -> Optional.of(ObjectAnswers.noSuchBucket(call.bucket()));
      case Objects.Removal.NoSuchKey() -> Optional.of(ObjectAnswers.noSuchKey(deletion.key()));
      case Objects.Removal.ConditionFailed() -> Optional.of(ObjectAnswers.preconditionFailed());
    };
  }
}
