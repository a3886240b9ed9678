/** Names, multipart state and events of the embedded store, in one SQLite file. */
@NullMarked
package dev.millrace.triggers.embedded.names;

import org.jspecify.annotations.NullMarked;
