/** Digests of bodies: MD5 and the checksums that S3 clients send. */
@NullMarked
package dev.millrace.triggers.embedded.checksum;

import org.jspecify.annotations.NullMarked;
