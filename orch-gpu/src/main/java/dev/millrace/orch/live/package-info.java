/** What running attempts print, for who reads along. */
@NullMarked
package dev.millrace.orch.live;

import org.jspecify.annotations.NullMarked;
