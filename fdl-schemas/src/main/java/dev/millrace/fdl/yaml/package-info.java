/** Bytes into a tree of nodes that know where they stand; the one place that knows SnakeYAML. */
@NullMarked
package dev.millrace.fdl.yaml;

import org.jspecify.annotations.NullMarked;
