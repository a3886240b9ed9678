package dev.millrace.triggers.embedded.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** What goes back to the client. */
sealed interface Answer {

  int status();

  Map<String, String> headers();

  /** A status and headers, no body. */
  record Empty(int status, Map<String, String> headers) implements Answer {
    static Empty ok() {
      return new Empty(200, Map.of());
    }

    static Empty noContent() {
      return new Empty(204, Map.of());
    }
  }

  /** An XML document. */
  record Document(int status, Map<String, String> headers, String xml) implements Answer {
    static Document ok(Xml xml) {
      return new Document(200, Map.of(), xml.text());
    }
  }

  /** A JSON document, for what is no part of S3. */
  record Told(int status, Map<String, String> headers, String json) implements Answer {}

  /** The headers of an object without its bytes: the answer to HEAD. */
  record Described(int status, Map<String, String> headers, long length) implements Answer {}

  /** Bytes of an object; whoever writes the answer closes them. */
  record Bytes(int status, Map<String, String> headers, OpenContent content, ByteRange range)
      implements Answer {}

  /** Headers with one more. */
  static Map<String, String> with(Map<String, String> headers, String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(name, value);
    return all;
  }
}
