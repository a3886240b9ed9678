/** Notices that MinIO is asked for: its listen call, which no other store has. */
@NullMarked
package dev.millrace.triggers.minio;

import org.jspecify.annotations.NullMarked;
