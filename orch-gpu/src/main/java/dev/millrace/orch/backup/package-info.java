/** A data folder as one file, taken at one moment while it is used, and back again. */
@NullMarked
package dev.millrace.orch.backup;

import org.jspecify.annotations.NullMarked;
