package dev.modelyard.gateway.routing;

/** Which ModelDeployment. */
public record ModelKey(String namespace, String name) {
  /** As clients write it: {@code namespace/name}. */
  @Override
  public String toString() {
    return namespace + "/" + name;
  }

  /**
   * Reads {@code namespace/name}; null where the text is anything else. Nothing is looked up, so
   * that both parts are only checked to be there and to hold no slash.
   */
  public static ModelKey parse(String text) {
    int slash = text == null ? -1 : text.indexOf('/');
    if (slash <= 0 || slash == text.length() - 1 || text.indexOf('/', slash + 1) >= 0) {
      return null;
    }
    return new ModelKey(text.substring(0, slash), text.substring(slash + 1));
  }
}
