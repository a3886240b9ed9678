/** Stores that speak S3, through the AWS SDK. */
@NullMarked
package dev.millrace.triggers.s3;

import org.jspecify.annotations.NullMarked;
