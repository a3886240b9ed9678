/** Bytes that are signed once and never serialised again. */
@NullMarked
package dev.millrace.schema.sign;

import org.jspecify.annotations.NullMarked;
