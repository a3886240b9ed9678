/** Bundles: an attempt's input and environment as one zip in the intermediate bucket. */
@NullMarked
package dev.millrace.orch.bundle;

import org.jspecify.annotations.NullMarked;
