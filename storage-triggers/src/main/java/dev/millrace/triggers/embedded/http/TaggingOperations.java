package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.names.StoredObject;
import dev.millrace.triggers.embedded.signature.Query;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The tags of an object. */
final class TaggingOperations {
  private static final int DOCUMENT_MAX_BYTES = 64 << 10;

  private final Catalog catalog;

  TaggingOperations(Catalog catalog) {
    this.catalog = catalog;
  }

  Answer get(S3Call call) throws IOException {
    StoredObject object = ReadOperations.find(catalog, call.bucket(), call.key());
    Xml xml = Xml.document("Tagging").open("TagSet");
    for (Query.Parameter tag : Tags.parse(object.tags())) {
      xml.open("Tag").element("Key", tag.name()).element("Value", tag.value()).close("Tag");
    }
    return Answer.Document.ok(xml.close("TagSet"));
  }

  Answer put(S3Call call) throws IOException {
    set(call, tagsOf(BodyReader.readDocument(call, DOCUMENT_MAX_BYTES)));
    return Answer.Empty.ok();
  }

  /** The kept form of the tags in a document, which a form has in a field. */
  static String tagsOf(String document) {
    return tagsOf(document.getBytes(StandardCharsets.UTF_8));
  }

  private static String tagsOf(byte[] document) {
    XmlElement tagging = XmlElement.parse(document, "Tagging");
    List<Query.Parameter> tags = new ArrayList<>();
    for (XmlElement set : tagging.all("TagSet")) {
      for (XmlElement tag : set.all("Tag")) {
        tags.add(new Query.Parameter(tag.required("Key"), tag.required("Value")));
      }
    }
    return Tags.text(tags);
  }

  Answer delete(S3Call call) throws IOException {
    set(call, "");
    return Answer.Empty.noContent();
  }

  private void set(S3Call call, String tags) throws IOException {
    if (!catalog.objects().setTags(call.bucket(), call.key(), tags)) {
      ReadOperations.find(catalog, call.bucket(), call.key());
    }
  }
}
