package dev.millrace.runtime.bundle;

/** Why a zip is not taken. */
final class BundleRefused extends Exception {
  private static final long serialVersionUID = 1L;

  BundleRefused(String reason) {
    super(reason);
  }
}
