/** Notices that stores push: who may, what they say, and when they may forget it. */
@NullMarked
package dev.millrace.triggers.webhook;

import org.jspecify.annotations.NullMarked;
