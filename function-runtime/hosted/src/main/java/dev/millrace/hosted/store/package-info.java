/** Orders read from the intermediate bucket, with a key that can do nothing else. */
@NullMarked
package dev.millrace.hosted.store;

import org.jspecify.annotations.NullMarked;
