/** Keys that the coordinator and its provider keep, each in a file of its owner alone. */
@NullMarked
package dev.millrace.orch.keys;

import org.jspecify.annotations.NullMarked;
