package dev.millrace.runtime.unit;

import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.FunctionFile;
import dev.millrace.schema.sign.Hex;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Comparator;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The digests of a receipt: HMAC-SHA-256 (RFC 2104) under a job's own key over the SHA-256 of a
 * content in lower-case hex, so that two jobs with the same content cannot be seen to have it.
 */
public final class ReceiptDigests {
  private final byte[] key;

  /**
   * @param digestKey hex, as the claim's grant carries it
   */
  public ReceiptDigests(String digestKey) {
    this.key = HexFormat.of().parseHex(digestKey);
  }

  /** Of a content whose SHA-256 is known; empty for a content that was never had. */
  public String of(String sha256) {
    return sha256.isEmpty() ? "" : Hex.of(keyed(sha256.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Of any text, under the same key. */
  byte[] keyed(byte[] text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /** Of a function's revision: see {@link #functionText}. */
  public String of(DeployedFunction function) {
    return of(Hex.of(Hex.sha256(functionText(function).getBytes(StandardCharsets.UTF_8))));
  }

  /**
   * What a function's digest is over: lines {@code image NAME}, {@code script SHA-256} and, sorted
   * by name, {@code file SHA-256 NAME}; a dash where there is no image or script.
   */
  public static String functionText(DeployedFunction function) {
    String image = function.spec().code().image();
    String script = function.spec().code().script();
    StringBuilder text = new StringBuilder();
    text.append("image ").append(image == null ? "-" : image).append('\n');
    text.append("script ")
        .append(script == null ? "-" : Hex.of(Hex.sha256(script.getBytes(StandardCharsets.UTF_8))))
        .append('\n');
    function.files().stream()
        .sorted(Comparator.comparing(FunctionFile::name))
        .forEach(file ->
            text.append("file ")
                .append(file.sha256())
                .append(' ')
                .append(file.name())
                .append('\n'));
    return text.toString();
  }
}
