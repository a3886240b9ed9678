@NullMarked
package dev.millrace.triggers.s3;

import org.jspecify.annotations.NullMarked;
