package dev.millrace.triggers.notice;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** How a transport writes keys. Each decodes once, or keys with a real {@code +} or % break. */
public enum KeyEncoding {
  /** As S3 notices have it, and MinIO's webhook and queue targets: {@code +} is a space. */
  FORM_URL,
  /** As Ceph, MinIO's listen call and EventBridge have it. */
  PLAIN;

  /** The key as it is. */
  String decode(String key) {
    return switch (this) {
      case FORM_URL -> URLDecoder.decode(key, StandardCharsets.UTF_8);
      case PLAIN -> key;
    };
  }
}
