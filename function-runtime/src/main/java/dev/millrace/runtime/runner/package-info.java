/** The port behind which functions are executed, whatever executes them. */
@NullMarked
package dev.millrace.runtime.runner;

import org.jspecify.annotations.NullMarked;
