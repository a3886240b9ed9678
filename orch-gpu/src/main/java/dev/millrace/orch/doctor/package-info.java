/** What of this machine is as Millrace needs it, and what to do where it is not. */
@NullMarked
package dev.millrace.orch.doctor;

import org.jspecify.annotations.NullMarked;
