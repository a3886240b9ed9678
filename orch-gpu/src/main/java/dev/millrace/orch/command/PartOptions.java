package dev.millrace.orch.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a store, a coordinator or a provider was asked to start alone.
 *
 * @param port to listen on; empty for what the configuration says
 * @param join what a provider was given to join with; empty for what it kept
 */
public record PartOptions(
    Path data, Optional<Path> config, OptionalInt port, Optional<Path> join, Terminal terminal) {}
