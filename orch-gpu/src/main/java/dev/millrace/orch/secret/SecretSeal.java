package dev.millrace.orch.secret;

import dev.millrace.orch.keys.SecretKeyFile;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.id.TenantId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM with a fresh nonce of 96 random bits each time, and tenant and name as associated
 * data: what is sealed for one name does not open as another's.
 */
final class SecretSeal {
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;

  private SecretSeal() {}

  static String seal(
      SecretKeyFile.Key key, TenantId tenant, SecretName name, byte[] value, SecureRandom random) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce, tenant, name).doFinal(value);
      return Base64.getEncoder()
          .encodeToString(
              ByteBuffer.allocate(NONCE + sealed.length).put(nonce).put(sealed).array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES/GCM", e);
    }
  }

  /** The value; empty when it was sealed for another, under another key, or was changed. */
  static Optional<byte[]> open(
      SecretKeyFile.Key key, TenantId tenant, SecretName name, String sealed) {
    try {
      byte[] all = Base64.getDecoder().decode(sealed);
      if (all.length < NONCE + TAG_BITS / 8) {
        return Optional.empty();
      }
      byte[] nonce = Arrays.copyOf(all, NONCE);
      return Optional.of(
          cipher(Cipher.DECRYPT_MODE, key, nonce, tenant, name)
              .doFinal(all, NONCE, all.length - NONCE));
    } catch (AEADBadTagException | IllegalArgumentException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES/GCM", e);
    }
  }

  private static Cipher cipher(
      int mode, SecretKeyFile.Key key, byte[] nonce, TenantId tenant, SecretName name)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key.key(), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(("millrace secret\n" + tenant + "\n" + name).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
