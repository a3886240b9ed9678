@NullMarked
package dev.millrace.triggers.webhook;

import org.jspecify.annotations.NullMarked;
