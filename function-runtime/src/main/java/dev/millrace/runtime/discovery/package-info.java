/** What devices a host has. */
@NullMarked
package dev.millrace.runtime.discovery;

import org.jspecify.annotations.NullMarked;
