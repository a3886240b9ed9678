package dev.millrace.orch.up;

import dev.millrace.schema.sign.Hex;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Looks for a secret in every byte of every file, in any form that some part may have given it. */
final class SecretSearch {
  private SecretSearch() {}

  /** One that nothing holds by chance, of 34 characters. */
  static String fresh() {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return "v4" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** What a script can show that it has: {@code printf %s-shown "$SECRET" | sha256sum}. */
  static String shown(String secret) {
    return sum(secret + "-shown");
  }

  private static String sum(String text) {
    return Hex.of(Hex.sha256(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Where it was found. */
  static List<String> of(String secret, Path folder) throws IOException {
    List<byte[]> forms = new ArrayList<>();
    forms.add(secret.getBytes(StandardCharsets.UTF_8));
    forms.add(sum(secret).getBytes(StandardCharsets.US_ASCII));
    forms.add(Hex.sha256(secret.getBytes(StandardCharsets.UTF_8)));
    forms.add(Hex.of(secret.getBytes(StandardCharsets.UTF_8)).getBytes(StandardCharsets.US_ASCII));
    for (int skip = 0; skip < 3; skip++) {
      // Base64 of a text depends on where in threes it begins: what is the same of each is sought.
      byte[] part = secret.substring(skip, skip + 24).getBytes(StandardCharsets.UTF_8);
      forms.add(Base64.getEncoder().encode(part));
    }
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        look(bytes, forms, folder.relativize(file).toString(), found);
      }
    }
    return found;
  }

  private static void look(byte[] bytes, List<byte[]> forms, String name, List<String> found) {
    List<byte[]> texts = new ArrayList<>(List.of(bytes));
    inflated(bytes, texts);
    for (byte[] text : texts) {
      for (byte[] form : forms) {
        if (holds(text, form)) {
          found.add(name + ": " + new String(form, StandardCharsets.ISO_8859_1));
        }
      }
    }
  }

  private static void inflated(byte[] bytes, List<byte[]> texts) {
    for (Unpacking unpacking : List.<Unpacking>of(GZIPInputStream::new, InflaterInputStream::new)) {
      try (InputStream in = unpacking.open(new ByteArrayInputStream(bytes))) {
        texts.add(in.readAllBytes());
      } catch (IOException e) {
        // Most files are not packed so.
        continue;
      }
    }
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        texts.add(zip.readAllBytes());
      }
    } catch (IOException e) {
      // Nor is each an archive.
      return;
    }
  }

  private interface Unpacking {
    InputStream open(InputStream in) throws IOException;
  }

  static boolean holds(byte[] text, byte[] part) {
    for (int i = 0; i + part.length <= text.length; i++) {
      int same = 0;
      while (same < part.length && text[i + same] == part[same]) {
        same++;
      }
      if (same == part.length) {
        return true;
      }
    }
    return false;
  }
}
