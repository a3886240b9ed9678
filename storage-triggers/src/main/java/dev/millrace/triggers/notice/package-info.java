/** What stores send when an object arrives, made into notices. */
@NullMarked
package dev.millrace.triggers.notice;

import org.jspecify.annotations.NullMarked;
