/** Orders from outside, believed only after they are verified. */
@NullMarked
package dev.millrace.runtime.order;

import org.jspecify.annotations.NullMarked;
