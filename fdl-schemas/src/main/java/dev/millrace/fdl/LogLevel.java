package dev.millrace.fdl;

/** What an FDL may say of logging. */
enum LogLevel {
  NOTSET,
  DEBUG,
  INFO,
  WARNING,
  ERROR,
  CRITICAL
}
