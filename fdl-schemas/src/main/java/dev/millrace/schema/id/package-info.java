/** Names of things: tenants, jobs, attempts, runs, providers. */
@NullMarked
package dev.millrace.schema.id;

import org.jspecify.annotations.NullMarked;
