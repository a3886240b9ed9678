/** Bytes of objects: immutable files, on disk before anything names them. */
@NullMarked
package dev.millrace.triggers.embedded.blob;

import org.jspecify.annotations.NullMarked;
