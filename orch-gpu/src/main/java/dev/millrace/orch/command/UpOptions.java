package dev.millrace.orch.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How {@code up} was asked.
 *
 * @param port of the API; empty for what the configuration says
 * @param storePort of the embedded store; empty for what the configuration says
 */
public record UpOptions(
    Path data, Optional<Path> config, OptionalInt port, OptionalInt storePort, Terminal terminal) {}
