/** Bundles: a zip from outside, unpacked with everything refused that such a zip can do. */
@NullMarked
package dev.millrace.runtime.bundle;

import org.jspecify.annotations.NullMarked;
