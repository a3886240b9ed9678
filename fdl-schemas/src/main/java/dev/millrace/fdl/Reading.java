package dev.millrace.fdl;

/** What every entry of a file is read with. */
record Reading(Problems problems, ScriptSource scripts, DeclaredStores stores) {}
