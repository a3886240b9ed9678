package dev.millrace.runtime.container;

/**
 * A reference to an image, as a pull wants it: without a tag all tags would come.
 *
 * @param repository with its digest where there is one
 * @param tag empty with a digest
 */
record ImageName(String repository, String tag) {
  static ImageName parse(String image) {
    int digest = image.indexOf('@');
    if (digest >= 0) {
      return new ImageName(untagged(image.substring(0, digest)) + image.substring(digest), "");
    }
    String repository = untagged(image);
    return repository.length() == image.length()
        ? new ImageName(image, "latest")
        : new ImageName(repository, image.substring(repository.length() + 1));
  }

  /** A colon before the last slash is a port's. */
  private static String untagged(String image) {
    int colon = image.lastIndexOf(':');
    return colon > image.lastIndexOf('/') ? image.substring(0, colon) : image;
  }
}
