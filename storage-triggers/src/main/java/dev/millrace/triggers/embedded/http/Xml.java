package dev.millrace.triggers.embedded.http;

import java.util.Optional;

/** Writes one of S3's documents. */
final class Xml {
  private static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

  private final StringBuilder out =
      new StringBuilder(512).append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  private final String root;

  private Xml(String root, String attributes) {
    this.root = root;
    out.append('<').append(root).append(attributes).append('>');
  }

  static Xml document(String root) {
    return new Xml(root, " xmlns=\"" + NAMESPACE + "\"");
  }

  /** Error documents have no namespace. */
  static Xml bare(String root) {
    return new Xml(root, "");
  }

  Xml element(String name, String text) {
    out.append('<').append(name).append('>');
    escape(text);
    out.append("</").append(name).append('>');
    return this;
  }

  Xml element(String name, long number) {
    return element(name, Long.toString(number));
  }

  Xml element(String name, boolean value) {
    return element(name, Boolean.toString(value));
  }

  Xml element(String name, Optional<String> text) {
    return text.isPresent() ? element(name, text.get()) : this;
  }

  Xml open(String name) {
    out.append('<').append(name).append('>');
    return this;
  }

  /** Opens an element with attributes, which begin with a space. */
  Xml open(String name, String attributes) {
    out.append('<').append(name).append(attributes).append('>');
    return this;
  }

  Xml close(String name) {
    out.append("</").append(name).append('>');
    return this;
  }

  Xml text(String text) {
    escape(text);
    return this;
  }

  String text() {
    return out + "</" + root + ">";
  }

  /**
   * Characters that XML 1.0 cannot carry become character references, as S3 sends them: a strict
   * reader fails loudly rather than miss a key; encoding-type=url avoids them.
   */
  private void escape(String text) {
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> out.append("&amp;");
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '"' -> out.append("&quot;");
            default -> {
              if (c < 0x20 || c == 0x7f || c == 0xfffe || c == 0xffff) {
                out.append("&#x").append(Integer.toHexString(c)).append(';');
              } else {
                out.appendCodePoint(c);
              }
            }
          }
        });
  }
}
