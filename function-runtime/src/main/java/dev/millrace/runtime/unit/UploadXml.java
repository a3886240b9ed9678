package dev.millrace.runtime.unit;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** The documents of an upload in parts; what comes from a store is read without entities. */
final class UploadXml {
  private static final XMLInputFactory READERS = XMLInputFactory.newFactory();

  static {
    READERS.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    READERS.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    READERS.setProperty(XMLInputFactory.IS_COALESCING, true);
  }

  private UploadXml() {}

  /** The upload that a begin's answer names. */
  static String uploadId(String document) throws IOException {
    return text(document, "UploadId")
        .filter(id -> !id.isBlank())
        .orElseThrow(() -> new IOException("the store's answer names no upload"));
  }

  /**
   * The code of an error that came under a good status: a store that works long on a completion
   * sends its status before it knows.
   */
  static Optional<String> error(String document) throws IOException {
    return text(document, "Error").isPresent()
        ? Optional.of(text(document, "Code").orElse("an error without a code"))
        : Optional.empty();
  }

  /** Names all parts, the first one first. */
  static String completion(List<PartsKept.Part> parts) {
    StringBuilder text = new StringBuilder("<CompleteMultipartUpload>");
    for (PartsKept.Part part : parts) {
      text.append("<Part><PartNumber>")
          .append(part.number())
          .append("</PartNumber><ETag>")
          .append(part.eTag().replace("&", "&amp;").replace("<", "&lt;"))
          .append("</ETag></Part>");
    }
    return text.append("</CompleteMultipartUpload>").toString();
  }

  /** What stands in the first element of that name, empty when it holds others. */
  private static Optional<String> text(String document, String name) throws IOException {
    if (document.isBlank()) {
      return Optional.empty();
    }
    try {
      XMLStreamReader reader = READERS.createXMLStreamReader(new StringReader(document));
      while (reader.hasNext()) {
        if (reader.next() == XMLStreamConstants.START_ELEMENT
            && reader.getLocalName().equals(name)) {
          return Optional.of(
              reader.next() == XMLStreamConstants.CHARACTERS ? reader.getText() : "");
        }
      }
      return Optional.empty();
    } catch (XMLStreamException e) {
      throw new IOException("the store's answer is no XML: " + e.getMessage(), e);
    }
  }
}
