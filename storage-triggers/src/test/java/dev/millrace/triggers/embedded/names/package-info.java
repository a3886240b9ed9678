@NullMarked
package dev.millrace.triggers.embedded.names;

import org.jspecify.annotations.NullMarked;
