@NullMarked
package dev.millrace.triggers.minio;

import org.jspecify.annotations.NullMarked;
