/** What a host does with an order that reaches it, whoever hosts it. */
@NullMarked
package dev.millrace.hosted.run;

import org.jspecify.annotations.NullMarked;
