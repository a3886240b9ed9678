package dev.millrace.fdl.yaml;

/**
 * Why a text is not the YAML that it should be.
 *
 * @param path keys and indexes from the root, empty for the root or where it is not known
 */
public record Fault(Spot spot, String path, String message) {}
