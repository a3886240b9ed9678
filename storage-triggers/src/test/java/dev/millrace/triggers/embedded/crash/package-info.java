@NullMarked
package dev.millrace.triggers.embedded.crash;

import org.jspecify.annotations.NullMarked;
