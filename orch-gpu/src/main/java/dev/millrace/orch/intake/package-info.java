/** From a durable notice to a job: what a function covers, seen by HEAD, admitted once. */
@NullMarked
package dev.millrace.orch.intake;

import org.jspecify.annotations.NullMarked;
