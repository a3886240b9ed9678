/** What is kept alive between the jobs of a function, and how much room it takes. */
@NullMarked
package dev.millrace.runtime.kept;

import org.jspecify.annotations.NullMarked;
