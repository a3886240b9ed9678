/** What lies in a bundle, the zip that carries an attempt's input and environment. */
@NullMarked
package dev.millrace.schema.bundle;

import org.jspecify.annotations.NullMarked;
