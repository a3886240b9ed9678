/** Objects in S3-compatible stores: names, versions, notices, and the storage port. */
@NullMarked
package dev.millrace.schema.object;

import org.jspecify.annotations.NullMarked;
