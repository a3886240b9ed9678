/** Functions as containers of a Docker Engine; the one place that knows its client library. */
@NullMarked
package dev.millrace.runtime.container;

import org.jspecify.annotations.NullMarked;
