/** What the embedded store refuses, in S3's own words. */
@NullMarked
package dev.millrace.triggers.embedded.refusal;

import org.jspecify.annotations.NullMarked;
