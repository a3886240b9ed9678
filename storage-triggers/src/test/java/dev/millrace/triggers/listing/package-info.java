@NullMarked
package dev.millrace.triggers.listing;

import org.jspecify.annotations.NullMarked;
