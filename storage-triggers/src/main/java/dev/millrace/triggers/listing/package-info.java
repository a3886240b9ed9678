/** Noticing objects by listing: the source that needs nothing of a store. */
@NullMarked
package dev.millrace.triggers.listing;

import org.jspecify.annotations.NullMarked;
