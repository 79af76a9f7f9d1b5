package dev.modelyard.gateway.proxy;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import org.jboss.logging.Logger;

/**
 * One line of JSON a request, in the log's category {@code modelyard.access}; no keys, no bodies.
 */
final class AccessLog {
  private static final Logger LOG = Logger.getLogger("modelyard.access");

  private AccessLog() {}

  /**
   * @param path without the query, which may hold anything
   * @param pod null where none was asked
   * @param key name of the API key; null where there is none
   */
  record Line(
      String client,
      String method,
      String path,
      String protocol,
      String model,
      int status,
      long sent,
      long nanos,
      long heldNanos,
      int attempts,
      String pod,
      String key) {}

  static void write(Line line) {
    StringBuilder json = new StringBuilder(256).append('{');
    text(json, "client", line.client());
    text(json, "method", line.method());
    text(json, "path", line.path());
    text(json, "protocol", line.protocol());
    text(json, "model", line.model());
    text(json, "pod", line.pod());
    text(json, "key", line.key());
    json.append("\"status\":").append(line.status());
    json.append(",\"bytes\":").append(line.sent());
    json.append(",\"micros\":").append(line.nanos() / 1000);
    json.append(",\"heldMicros\":").append(line.heldNanos() / 1000);
    json.append(",\"attempts\":").append(line.attempts()).append('}');
    LOG.info(json);
  }

  private static void text(StringBuilder json, String name, String value) {
    if (value != null) {
      json.append('"').append(name).append("\":\"");
      JsonStringEncoder.getInstance().quoteAsString(value, json);
      json.append("\",");
    }
  }
}
