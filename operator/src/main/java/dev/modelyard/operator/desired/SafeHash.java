package dev.modelyard.operator.desired;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A short hash that may stand in every Kubernetes name: SHA-256 in the alphabet of Kubernetes'
 * {@code rand.SafeEncodeString}, which has no vowels and no look-alikes.
 */
final class SafeHash {
  static final int LENGTH = 10;
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

  private SafeHash() {}

  static String of(String text) {
    byte[] digest = sha256(text);
    StringBuilder hash = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      hash.append(ALPHABET.charAt(Byte.toUnsignedInt(digest[i]) % ALPHABET.length()));
    }
    return hash.toString();
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
