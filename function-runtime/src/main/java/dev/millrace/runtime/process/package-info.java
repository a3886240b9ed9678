/** Functions as child processes without isolation. */
@NullMarked
package dev.millrace.runtime.process;

import org.jspecify.annotations.NullMarked;
