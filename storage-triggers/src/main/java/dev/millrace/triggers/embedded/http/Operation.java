package dev.millrace.triggers.embedded.http;

import java.io.IOException;

/** One of S3's operations. */
@FunctionalInterface
interface Operation {
  Answer answer(S3Call call) throws IOException;
}
