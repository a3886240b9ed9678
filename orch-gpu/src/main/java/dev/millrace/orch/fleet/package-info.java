/** Providers elsewhere: who may speak, who is there, and which orders wait for whom. */
@NullMarked
package dev.millrace.orch.fleet;

import org.jspecify.annotations.NullMarked;
