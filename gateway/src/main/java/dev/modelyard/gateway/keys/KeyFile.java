package dev.modelyard.gateway.keys;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.modelyard.gateway.keys.ApiKeys.ApiKey;
import dev.modelyard.gateway.keys.ApiKeys.Hash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * The file of the API keys, such as a mounted Secret. It is read again now and then, whole, so that
 * it does not matter how it is replaced. One that cannot be used leaves the former keys in force.
 */
public final class KeyFile implements Supplier<ApiKeys> {
  private static final Logger LOG = Logger.getLogger(KeyFile.class);
  private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern MODEL = Pattern.compile("[a-z0-9-]+/([a-z0-9.-]+|\\*)");
  private static final int MAX_BYTES = 4 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Path file;
  private byte[] content;
  private volatile ApiKeys keys;

  /** The file's form. */
  record Document(List<Entry> keys) {}

  /** One key. */
  record Entry(
      String name,
      String sha256,
      List<String> models,
      Integer requestsPerSecond,
      Integer requestsPerMinute) {}

  /**
   * @param file null where anyone may ask
   * @throws IllegalArgumentException where the file cannot be used; the message says why
   */
  public KeyFile(Path file) {
    this.file = file;
    if (file != null) {
      try {
        content = read();
        keys = parse(content, null, System.nanoTime());
      } catch (IOException e) {
        throw new IllegalArgumentException(
            "MODELYARD_GATEWAY_KEYS_FILE is '" + file + "', which cannot be read: " + e, e);
      }
    }
  }

  /** Null where anyone may ask. */
  @Override
  public ApiKeys get() {
    return keys;
  }

  /** Reads the file again. Blocks. */
  public synchronized void reload() {
    if (file == null) {
      return;
    }
    try {
      byte[] now = read();
      if (!Arrays.equals(now, content)) {
        keys = parse(now, keys, System.nanoTime());
        content = now;
        LOG.infof("Read %d API keys from %s", keys.all().size(), file);
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.errorf("The former API keys stay in force: %s", e.getMessage());
    }
  }

  private byte[] read() throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + " is larger than " + MAX_BYTES + " bytes");
    }
    return Files.readAllBytes(file);
  }

  /**
   * @param former whose limits go on counting; null where there are none
   * @throws IllegalArgumentException where the content cannot be used
   */
  static ApiKeys parse(byte[] content, ApiKeys former, long now) {
    Document document;
    try {
      document = JSON.readValue(content, Document.class);
    } catch (JsonProcessingException e) {
      // Not its own message, which quotes what it read.
      throw new IllegalArgumentException(
          "the file of API keys is not of the form {\"keys\":[{\"name\":…,\"sha256\":…}]}: see line "
              + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()));
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
    if (document == null || document.keys() == null) {
      throw new IllegalArgumentException("the file of API keys has no \"keys\"");
    }
    Map<Hash, RequestLimit> counting = new HashMap<>();
    if (former != null) {
      former.all().forEach(key -> counting.put(key.hash(), key.limit()));
    }
    List<ApiKey> all = new ArrayList<>();
    for (Entry entry : document.keys()) {
      all.add(key(entry, counting, now));
    }
    return new ApiKeys(all);
  }

  private static ApiKey key(Entry entry, Map<Hash, RequestLimit> counting, long now) {
    check(
        entry.name() != null && NAME.matcher(entry.name()).matches(),
        "a key has the name '%s', but must have one of letters, digits, dots and dashes",
        entry.name());
    check(
        entry.sha256() != null && SHA256.matcher(entry.sha256()).matches(),
        "the key '%s' must have a sha256 of 64 hexadecimal digits: printf %%s \"$KEY\" | sha256sum",
        entry.name());
    List<String> models = entry.models() == null ? List.of() : List.copyOf(entry.models());
    for (String model : models) {
      check(
          MODEL.matcher(model).matches(),
          "the key '%s' has the model '%s', but must have such as vision/digits or vision/*",
          entry.name(),
          model);
    }
    Hash hash = new Hash(HexFormat.of().parseHex(entry.sha256()));
    RequestLimit limit = limit(entry, now);
    RequestLimit before = counting.get(hash);
    return new ApiKey(
        entry.name(), hash, models, limit != null && limit.isLike(before) ? before : limit);
  }

  private static RequestLimit limit(Entry entry, long now) {
    Integer second = entry.requestsPerSecond();
    Integer minute = entry.requestsPerMinute();
    check(
        second == null || minute == null,
        "the key '%s' has requestsPerSecond and requestsPerMinute, but may have one",
        entry.name());
    if (second == null && minute == null) {
      return null;
    }
    int requests = second == null ? minute : second;
    check(requests >= 1, "the key '%s' has a limit of less than 1 request", entry.name());
    return new RequestLimit(
        requests, (second == null ? TimeUnit.MINUTES : TimeUnit.SECONDS).toNanos(1), now);
  }

  private static void check(boolean valid, String message, Object... arguments) {
    if (!valid) {
      throw new IllegalArgumentException(message.formatted(arguments));
    }
  }
}
