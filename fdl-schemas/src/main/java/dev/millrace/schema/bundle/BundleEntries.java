package dev.millrace.schema.bundle;

/**
 * The entries of a bundle, in this order and no others. Their names are fixed: nothing of a key
 * becomes a path.
 */
public final class BundleEntries {
  /** The environment, as {@link EnvironmentFile} writes it. */
  public static final String ENVIRONMENT = "environment";

  /** The input object's bytes; its key is in the environment, as {@code STORAGE_OBJECT_KEY}. */
  public static final String INPUT = "input";

  private BundleEntries() {}
}
