package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** One element of a client's document. DTDs and entities are off; names lose their namespace. */
record XmlElement(String name, String text, List<XmlElement> children) {
  private static final int DEPTH_MAX = 8;

  XmlElement {
    children = List.copyOf(children);
  }

  /** Reads a document whose root has that name. */
  static XmlElement parse(byte[] document, String root) {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
    try {
      XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(document));
      if (reader.nextTag() != XMLStreamConstants.START_ELEMENT
          || !reader.getLocalName().equals(root)) {
        throw malformed("The document must be a " + root + ".");
      }
      return read(reader, 1);
    } catch (XMLStreamException e) {
      throw malformed("The XML is not well-formed.");
    }
  }

  /** The children of that name. */
  List<XmlElement> all(String name) {
    return children.stream().filter(child -> child.name().equals(name)).toList();
  }

  /** The text of the first child of that name. */
  Optional<String> value(String name) {
    return children.stream()
        .filter(child -> child.name().equals(name))
        .map(XmlElement::text)
        .findFirst();
  }

  /** The text of a child that must be there. */
  String required(String name) {
    return value(name).orElseThrow(() -> malformed("A " + this.name + " needs a " + name + "."));
  }

  static Refusal malformed(String reason) {
    return new Refusal(ErrorCode.MALFORMED_XML, reason);
  }

  private static XmlElement read(XMLStreamReader reader, int depth) throws XMLStreamException {
    if (depth > DEPTH_MAX) {
      throw malformed("The document is nested too deeply.");
    }
    String name = reader.getLocalName();
    StringBuilder text = new StringBuilder();
    List<XmlElement> children = new ArrayList<>();
    while (true) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> children.add(read(reader, depth + 1));
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
            text.append(reader.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          return new XmlElement(name, text.toString(), children);
        }
        case XMLStreamConstants.ENTITY_REFERENCE, XMLStreamConstants.DTD ->
            throw malformed("DTDs and entities are refused.");
        default -> {}
      }
    }
  }
}
