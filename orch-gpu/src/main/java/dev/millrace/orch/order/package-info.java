/** Orders: signed by this coordinator, and where they and a run's files lie. */
@NullMarked
package dev.millrace.orch.order;

import org.jspecify.annotations.NullMarked;
