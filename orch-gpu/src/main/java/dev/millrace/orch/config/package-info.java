/** The one configuration file, typed; unknown keys are refused with the nearest known one. */
@NullMarked
package dev.millrace.orch.config;

import org.jspecify.annotations.NullMarked;
