package dev.modelyard.gateway.keys;

import dev.modelyard.gateway.routing.ModelKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The API keys that may ask, by the SHA-256 of each. A key itself is known to its client alone. */
public final class ApiKeys {

  /**
   * @param name for people: logs and metrics may have it
   * @param models such as {@code vision/digits} or {@code vision/*}; empty for all
   * @param limit null where there is none
   */
  public record ApiKey(String name, Hash hash, List<String> models, RequestLimit limit) {
    public boolean mayAsk(ModelKey model) {
      return models.isEmpty()
          || models.contains(model.toString())
          || models.contains(model.namespace() + "/*");
    }
  }

  /** A SHA-256; prints nothing of it. */
  public static final class Hash {
    private final byte[] bytes;

    Hash(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    private long start() {
      return ByteBuffer.wrap(bytes).getLong();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Hash hash && MessageDigest.isEqual(bytes, hash.bytes);
    }

    @Override
    public int hashCode() {
      return (int) start();
    }

    @Override
    public String toString() {
      return "sha256";
    }
  }

  private final Map<Hash, ApiKey> keys = new HashMap<>();

  /**
   * @throws IllegalArgumentException where two have the same hash
   */
  public ApiKeys(Collection<ApiKey> all) {
    for (ApiKey key : all) {
      ApiKey other = keys.put(key.hash(), key);
      if (other != null) {
        throw new IllegalArgumentException(
            "the keys '" + other.name() + "' and '" + key.name() + "' have the same sha256");
      }
    }
  }

  /**
   * Whose key this is; null where it is nobody's. Time tells an attacker at most something of the
   * hash of what he sent, which he knows: the map takes a guess to an entry by its hash, and whole
   * hashes are compared in constant time.
   */
  public ApiKey find(String presented) {
    return keys.get(new Hash(sha256().digest(presented.getBytes(StandardCharsets.UTF_8))));
  }

  /** In no order. */
  public Collection<ApiKey> all() {
    return keys.values();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
