/** What a run asks, answered from the journal. */
@NullMarked
package dev.millrace.orch.channel;

import org.jspecify.annotations.NullMarked;
