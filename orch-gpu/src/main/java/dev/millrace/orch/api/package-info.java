/** The coordinator's HTTP API, version 1. */
@NullMarked
package dev.millrace.orch.api;

import org.jspecify.annotations.NullMarked;
