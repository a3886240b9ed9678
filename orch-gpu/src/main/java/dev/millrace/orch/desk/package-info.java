/** What people and programs ask of a coordinator, whatever they ask it through. */
@NullMarked
package dev.millrace.orch.desk;

import org.jspecify.annotations.NullMarked;
