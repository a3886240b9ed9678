package dev.millrace.triggers.embedded.names;

import dev.millrace.triggers.embedded.blob.FreshBytes;
import dev.millrace.triggers.embedded.checksum.Checksum;
import java.util.Optional;

/**
 * What is to become an object's content in one piece.
 *
 * @param size length in bytes
 * @param md5 in hexadecimal digits
 */
public record NewContent(FreshBytes bytes, long size, String md5, Optional<Checksum> checksum) {}
