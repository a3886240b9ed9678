/** Orders, runs, and what a run asks of the coordinator. */
@NullMarked
package dev.millrace.schema.run;

import org.jspecify.annotations.NullMarked;
