package dev.modelyard.operator.dependent;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The JSON merge patch (RFC 7386) that makes an object have what another says.
 *
 * <p>Fields that {@code desired} does not have are someone else's, or the API server's defaults,
 * and stay; but {@code selector} is ours as a whole, since one more label in it selects fewer pods.
 * Lists are compared element by element in the same way, and replaced as a whole.
 */
final class MergePatch {
  private static final String SELECTOR = "selector";

  private MergePatch() {}

  /** Empty where nothing is to change. */
  static Optional<Map<String, Object>> of(Map<String, Object> actual, Map<String, Object> desired) {
    Map<String, Object> patch = patch(actual, desired, false);
    return patch.isEmpty() ? Optional.empty() : Optional.of(patch);
  }

  private static Map<String, Object> patch(Map<?, ?> actual, Map<?, ?> desired, boolean whole) {
    Map<String, Object> patch = new LinkedHashMap<>();
    desired.forEach(
        (key, want) -> {
          Object have = actual.get(key);
          if (want instanceof Map<?, ?> wantMap) {
            Map<String, Object> part =
                patch(
                    have instanceof Map<?, ?> haveMap ? haveMap : Map.of(),
                    wantMap,
                    whole || SELECTOR.equals(key));
            if (!part.isEmpty()) {
              patch.put((String) key, part);
            }
          } else if (!covers(have, want)) {
            patch.put((String) key, want);
          }
        });
    if (whole) {
      actual.keySet().stream()
          .filter(key -> !desired.containsKey(key))
          .forEach(key -> patch.put((String) key, null));
    }
    return patch;
  }

  private static boolean covers(Object have, Object want) {
    if (want instanceof Map<?, ?> wantMap && have instanceof Map<?, ?> haveMap) {
      return patch(haveMap, wantMap, false).isEmpty();
    }
    if (want instanceof java.util.List<?> wantList && have instanceof java.util.List<?> haveList) {
      if (wantList.size() != haveList.size()) {
        return false;
      }
      for (int i = 0; i < wantList.size(); i++) {
        if (!covers(haveList.get(i), wantList.get(i))) {
          return false;
        }
      }
      return true;
    }
    return want == null || Objects.equals(have, want);
  }
}
