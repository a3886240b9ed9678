/** One execution of an order, from its claim to its settlement. */
@NullMarked
package dev.millrace.runtime.unit;

import org.jspecify.annotations.NullMarked;
