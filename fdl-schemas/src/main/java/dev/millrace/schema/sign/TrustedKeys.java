package dev.millrace.schema.sign;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Public keys that are believed, by id. What was found to be signed by one of them is remembered by
 * its SHA-256, type and signature included, for as long as it is among the newest: the same bytes
 * are looked at several times on a job's way, and a look costs a hundred times the hash.
 */
public final class TrustedKeys {
  private static final int REMEMBERED_MAX = 4096;

  private final Map<String, OpenKey> keys;
  private final Set<String> found =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > REMEMBERED_MAX;
            }
          });
  private final ReentrantLock remembering = new ReentrantLock();

  private TrustedKeys(Map<String, OpenKey> keys) {
    this.keys = Map.copyOf(keys);
  }

  /**
   * Believes exactly these keys.
   *
   * @param x509 public keys in X.509 form
   */
  public static TrustedKeys of(byte[]... x509) {
    Map<String, OpenKey> keys = new HashMap<>();
    for (byte[] encoded : x509) {
      keys.put(SigningKey.idOf(encoded), OpenKey.of(encoded));
    }
    return new TrustedKeys(keys);
  }

  /** Whether the bytes are of that type and signed by a key that is believed. */
  public boolean verify(String type, SignedBytes signed) {
    OpenKey key = keys.get(signed.keyId());
    if (key == null || !signed.type().equals(type)) {
      return false;
    }
    byte[] text = SignedBytes.preAuthentication(type, signed.bytes());
    String mark = mark(text, signed);
    if (isRemembered(mark)) {
      return true;
    }
    boolean valid = key.verify(text, signed.signature());
    if (valid) {
      remember(mark);
    }
    return valid;
  }

  /**
   * Remembers what the holder of a believed key has signed in this very process; without effect
   * when it is of another key. The caller has it from {@link SigningKey#sign}, not from elsewhere.
   */
  public void signedHere(SignedBytes signed) {
    if (keys.containsKey(signed.keyId())) {
      remember(mark(SignedBytes.preAuthentication(signed.type(), signed.bytes()), signed));
    }
  }

  /** Text and signature begin with their lengths, so that no other pair has the same bytes. */
  private static String mark(byte[] text, SignedBytes signed) {
    byte[] signature = signed.signature();
    byte[] keyId = signed.keyId().getBytes(StandardCharsets.UTF_8);
    ByteBuffer whole = ByteBuffer.allocate(8 + signature.length + keyId.length + text.length);
    whole.putInt(keyId.length).put(keyId).putInt(signature.length).put(signature).put(text);
    return Hex.of(Hex.sha256(whole.array()));
  }

  private boolean isRemembered(String mark) {
    remembering.lock();
    try {
      return found.contains(mark);
    } finally {
      remembering.unlock();
    }
  }

  private void remember(String mark) {
    remembering.lock();
    try {
      found.add(mark);
    } finally {
      remembering.unlock();
    }
  }
}
