package dev.millrace.schema.object;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The documents of an upload in parts; of what a store sends, one element is looked for. */
public final class UploadXml {
  private static final Pattern UPLOAD = Pattern.compile("<UploadId>\\s*([^<]{1,2000}?)\\s*</");
  private static final Pattern ERROR = Pattern.compile("<Error[\\s>]");
  private static final Pattern CODE = Pattern.compile("<Code>\\s*([^<]{1,200}?)\\s*</");

  private UploadXml() {}

  /** The upload that a begin's answer names. */
  public static String uploadId(String document) throws IOException {
    return text(document, UPLOAD)
        .filter(id -> !id.isBlank())
        .orElseThrow(() -> new IOException("the store's answer names no upload"));
  }

  /**
   * The code of an error that came under a good status: a store that works long on a completion
   * sends its status before it knows.
   */
  public static Optional<String> error(String document) {
    return ERROR.matcher(document).find()
        ? Optional.of(text(document, CODE).orElse("an error without a code"))
        : Optional.empty();
  }

  /** Names all parts by their entity tags, part 1 first. */
  public static String completion(List<String> eTags) {
    StringBuilder text = new StringBuilder("<CompleteMultipartUpload>");
    for (int i = 0; i < eTags.size(); i++) {
      text.append("<Part><PartNumber>")
          .append(i + 1)
          .append("</PartNumber><ETag>")
          .append(eTags.get(i).replace("&", "&amp;").replace("<", "&lt;"))
          .append("</ETag></Part>");
    }
    return text.append("</CompleteMultipartUpload>").toString();
  }

  private static Optional<String> text(String document, Pattern element) {
    Matcher found = element.matcher(document);
    return found.find()
        ? Optional.of(
            found
                .group(1)
                .replace("&quot;", "\"")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&"))
        : Optional.empty();
  }
}
