package dev.millrace.orch.config;

import java.io.IOException;

/** The configuration file cannot be used; the message says where and why. */
public final class ConfigException extends IOException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }
}
