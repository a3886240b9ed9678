package dev.millrace.triggers.embedded.crash;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One request that changes what is stored, as its client logged it before it was sent.
 *
 * @param sha256 of the bytes that the key has after it; empty where the key does not change or is
 *     freed
 * @param size of these bytes
 * @param upload of a part or a completion
 */
record Change(Verb verb, String key, String sha256, long size, Optional<Upload> upload) {

  enum Verb {
    PUT("ObjectCreated:Put"),
    COPY("ObjectCreated:Copy"),
    DELETE("ObjectRemoved:Delete"),
    PART(""),
    COMPLETE("ObjectCreated:CompleteMultipartUpload");

    private final String event;

    Verb(String event) {
      this.event = event;
    }

    /** The name of the event that tells of it. */
    String event() {
      return event;
    }
  }

  /** A pending upload and the entity tags of its parts so far. */
  record Upload(String id, List<String> etags) {
    Upload {
      etags = List.copyOf(etags);
    }

    Upload with(String etag) {
      return new Upload(id, Stream.concat(etags.stream(), Stream.of(etag)).toList());
    }
  }

  static Change of(Verb verb, String key) {
    return new Change(verb, key, "", 0, Optional.empty());
  }

  Change leaving(String newSha256, long newSize) {
    return new Change(verb, key, newSha256, newSize, upload);
  }

  Change on(Upload newUpload) {
    return new Change(verb, key, sha256, size, Optional.of(newUpload));
  }
}
