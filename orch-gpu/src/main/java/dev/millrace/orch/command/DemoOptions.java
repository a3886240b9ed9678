package dev.millrace.orch.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How {@code demo} was asked.
 *
 * @param data folder to work in; empty for one of its own
 * @param keep whether what it made stays
 * @param limit queries to run at most; empty for all
 */
public record DemoOptions(
    Optional<Path> data, boolean keep, OptionalInt limit, Terminal terminal) {}
