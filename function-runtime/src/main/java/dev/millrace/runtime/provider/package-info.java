/** The loop that takes orders and runs them. */
@NullMarked
package dev.millrace.runtime.provider;

import org.jspecify.annotations.NullMarked;
