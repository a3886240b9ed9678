package dev.millrace.orch.command;

import java.nio.file.Path;
import java.time.InstantSource;

/**
 * What commands run in.
 *
 * @param folder that relative paths start from
 * @param version of this program
 */
public record Setting(
    Terminal terminal,
    Lifecycle lifecycle,
    FdlFiles fdl,
    InstantSource clock,
    Path folder,
    String version) {}
