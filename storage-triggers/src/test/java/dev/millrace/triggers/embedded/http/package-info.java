@NullMarked
package dev.millrace.triggers.embedded.http;

import org.jspecify.annotations.NullMarked;
