@NullMarked
package dev.millrace.triggers.embedded.signature;

import org.jspecify.annotations.NullMarked;
