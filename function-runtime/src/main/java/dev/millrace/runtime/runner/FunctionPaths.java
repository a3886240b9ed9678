package dev.millrace.runtime.runner;

/**
 * Where a function finds its folders, in its own view: a container's differ from the host's.
 *
 * @param input folder of the input file
 * @param output folder that is collected
 * @param tmp scratch space
 * @param function the files that ship with the function
 */
public record FunctionPaths(String input, String output, String tmp, String function) {}
