/** The command line: talks to a running coordinator over its HTTP API alone. */
@NullMarked
package dev.millrace.orch.command;

import org.jspecify.annotations.NullMarked;
