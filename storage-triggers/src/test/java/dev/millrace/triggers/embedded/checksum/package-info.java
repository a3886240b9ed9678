@NullMarked
package dev.millrace.triggers.embedded.checksum;

import org.jspecify.annotations.NullMarked;
