package dev.millrace.fdl;

import dev.millrace.schema.object.StoreId;

/** Whose words an entry is written in. */
enum Dialect {
  MILLRACE("millrace", StoreId.EMBEDDED),
  OSCAR("oscar", new StoreId("minio.default")),
  AWS("aws", new StoreId("s3.default"));

  private final String origin;
  private final StoreId store;

  Dialect(String origin, StoreId store) {
    this.origin = origin;
    this.store = store;
  }

  String origin() {
    return origin;
  }

  /** What an entry means that names no storage provider. */
  StoreId store() {
    return store;
  }

  /** In our own language an unknown key is an error; the others have always ignored theirs. */
  void finish(Section section) {
    if (this == MILLRACE) {
      section.refuseUnknown();
    } else {
      section.warnUnknown();
    }
  }
}
