/** What a function is, once its FDL entry has been read. */
@NullMarked
package dev.millrace.schema.function;

import org.jspecify.annotations.NullMarked;
