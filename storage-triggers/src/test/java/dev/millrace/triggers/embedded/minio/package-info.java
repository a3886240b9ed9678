@NullMarked
package dev.millrace.triggers.embedded.minio;

import org.jspecify.annotations.NullMarked;
