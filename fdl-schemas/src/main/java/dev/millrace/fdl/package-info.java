/** The language: files of functions read into specs, with every problem at its place. */
@NullMarked
package dev.millrace.fdl;

import org.jspecify.annotations.NullMarked;
