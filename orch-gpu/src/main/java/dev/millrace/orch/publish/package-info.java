/** From a winning run's files to their final keys. */
@NullMarked
package dev.millrace.orch.publish;

import org.jspecify.annotations.NullMarked;
