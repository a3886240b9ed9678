/** What a run asks of the coordinator over HTTP, and how orders are learnt of. */
@NullMarked
package dev.millrace.runtime.channel;

import org.jspecify.annotations.NullMarked;
