/** A client of the coordinator's HTTP API. */
@NullMarked
package dev.millrace.orch.client;

import org.jspecify.annotations.NullMarked;
