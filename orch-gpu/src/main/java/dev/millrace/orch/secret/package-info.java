/** Secrets of functions: sealed, opened, and given to those who are trusted with them. */
@NullMarked
package dev.millrace.orch.secret;

import org.jspecify.annotations.NullMarked;
