/** The embedded S3 store: it starts alone, on one folder, with only a JDK. */
@NullMarked
package dev.millrace.triggers.embedded;

import org.jspecify.annotations.NullMarked;
