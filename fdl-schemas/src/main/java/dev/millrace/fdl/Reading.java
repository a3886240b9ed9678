package dev.millrace.fdl;

import java.util.List;

/**
 * What every entry of a file is read with.
 *
 * @param given takes the secrets whose values stand in the file
 */
record Reading(
    Problems problems,
    ScriptSource scripts,
    DeclaredStores stores,
    List<GivenSecret> given,
    Purpose purpose) {}
