@NullMarked
package dev.millrace.triggers.embedded;

import org.jspecify.annotations.NullMarked;
