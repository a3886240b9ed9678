package dev.millrace.triggers.embedded;

import dev.millrace.triggers.embedded.signature.AccessKey;
import dev.millrace.triggers.embedded.signature.Credentials;
import dev.millrace.triggers.embedded.signature.SecretKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Access keys in a file of the form that AWS tools read ({@code AWS_SHARED_CREDENTIALS_FILE}), one
 * profile a key. It is made with one fresh key, for its owner alone, and is refused when others can
 * read it.
 */
final class AccessKeyFile implements Credentials {
  private static final String ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final String SECRET_LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Map<String, AccessKey> keys = new HashMap<>();
  private final AccessKey first;

  private AccessKeyFile(List<AccessKey> found, Path file) throws IOException {
    if (found.isEmpty()) {
      throw new IOException("There is no access key in " + file);
    }
    found.forEach(key -> keys.put(key.id(), key));
    first = found.getFirst();
  }

  /** Opens the file, and makes it with one key where it is not there yet. */
  static AccessKeyFile open(Path file, RandomGenerator random) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      create(file, random);
    }
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      if (!OWNER_ONLY.containsAll(permissions)) {
        throw new IOException(
            file
                + " is open to others ("
                + PosixFilePermissions.toString(permissions)
                + "); run: chmod 600 "
                + file);
      }
    }
    return new AccessKeyFile(parse(Files.readAllLines(file)), file);
  }

  @Override
  public Optional<AccessKey> find(String accessKeyId) {
    return Optional.ofNullable(keys.get(accessKeyId));
  }

  /** The key that stands first in the file. */
  AccessKey first() {
    return first;
  }

  private static void create(Path file, RandomGenerator random) throws IOException {
    String text =
        "[default]\n"
            + "aws_access_key_id = MR"
            + letters(random, ID_LETTERS, 18)
            + "\naws_secret_access_key = "
            + letters(random, SECRET_LETTERS, 40)
            + "\nmillrace_tenant = main\n";
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    Files.writeString(fresh, text);
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    try {
      Files.move(fresh, file);
    } catch (FileAlreadyExistsException e) {
      Files.delete(fresh);
    }
  }

  private static String letters(RandomGenerator random, String alphabet, int count) {
    StringBuilder out = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      out.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return out.toString();
  }

  private static List<AccessKey> parse(List<String> lines) {
    List<Map<String, String>> profiles = new ArrayList<>();
    for (String line : lines) {
      int equals = line.indexOf('=');
      if (line.strip().startsWith("[")) {
        profiles.add(new HashMap<>());
      } else if (equals > 0 && !profiles.isEmpty()) {
        profiles
            .getLast()
            .put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
      }
    }
    List<AccessKey> keys = new ArrayList<>();
    for (Map<String, String> profile : profiles) {
      String id = profile.getOrDefault("aws_access_key_id", "");
      String secret = profile.getOrDefault("aws_secret_access_key", "");
      if (!id.isEmpty() && !secret.isEmpty()) {
        String tenant = profile.getOrDefault("millrace_tenant", "main");
        keys.add(new AccessKey(id, new SecretKey(secret), tenant));
      }
    }
    return keys;
  }
}
