package dev.millrace.orch.keys;

import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** Keys in files that only their owner can read, made at first use and synced before use. */
public final class KeyFiles {
  private final Path folder;
  private final SecureRandom random;

  /**
   * Keys under this folder.
   *
   * @param folder made when it is not there, for its owner alone
   */
  public KeyFiles(Path folder, SecureRandom random) throws IOException {
    this.folder = folder;
    this.random = random;
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
  }

  /** The signing key of this name. */
  public SigningKey signing(String name) throws IOException {
    Path file = folder.resolve(name + ".ed25519");
    if (!Files.exists(file)) {
      SigningKey made = SigningKey.generate();
      Base64.Encoder encoder = Base64.getEncoder();
      write(
          file,
          encoder.encodeToString(made.privateKey())
              + "\n"
              + encoder.encodeToString(made.publicKey())
              + "\n");
    }
    List<String> lines = Files.readAllLines(file);
    if (lines.size() < 2) {
      throw new IOException(
          file + " is not a key: it should have two lines; restore it from a backup");
    }
    Base64.Decoder decoder = Base64.getDecoder();
    return SigningKey.of(decoder.decode(lines.get(0)), decoder.decode(lines.get(1)));
  }

  /** 32 random bytes of this name. */
  public byte[] secret(String name) throws IOException {
    Path file = folder.resolve(name + ".secret");
    if (!Files.exists(file)) {
      byte[] made = new byte[32];
      random.nextBytes(made);
      write(file, Base64.getEncoder().encodeToString(made) + "\n");
    }
    byte[] secret = Base64.getDecoder().decode(Files.readString(file).strip());
    if (secret.length != 32) {
      throw new IOException(file + " should hold 32 bytes; restore it from a backup");
    }
    return secret;
  }

  /** The file of a token of this name: 32 random bytes, written so that a URL can carry them. */
  public Path token(String name) throws IOException {
    Path file = folder.resolve(name + ".token");
    if (!Files.exists(file)) {
      byte[] made = new byte[32];
      random.nextBytes(made);
      write(file, Base64.getUrlEncoder().withoutPadding().encodeToString(made) + "\n");
    }
    return file;
  }

  static void write(Path file, String text) throws IOException {
    Path made = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(made);
    try (FileChannel channel =
        FileChannel.open(
            made,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      channel.force(true);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("another process makes keys in " + file.getParent(), e);
    }
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
