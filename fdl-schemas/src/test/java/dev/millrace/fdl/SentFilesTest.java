package dev.millrace.fdl;

import java.util.Map;

class SentFilesTest extends ScriptSourceContract {
  @Override
  ScriptSource holding(Map<String, byte[]> files) {
    return new SentFiles(files);
  }
}
