@NullMarked
package dev.millrace.triggers.notice;

import org.jspecify.annotations.NullMarked;
