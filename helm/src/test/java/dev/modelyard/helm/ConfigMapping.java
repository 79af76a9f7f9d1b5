package dev.modelyard.helm;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the source of a {@code @ConfigMapping}. */
final class ConfigMapping {
  private static final Pattern INTERFACE = Pattern.compile("\\binterface (\\w+) \\{");
  private static final Pattern SETTING = Pattern.compile("^\\s*([\\w<>]+) (\\w+)\\(\\);");

  private ConfigMapping() {}

  /**
   * The environment variables of a {@code @ConfigMapping(prefix = "modelyard")}, from its source
   * text, so that the chart's tests need no build of what reads them.
   */
  static Set<String> variables(String source) {
    Map<String, Map<String, String>> interfaces = new HashMap<>();
    Deque<String> open = new ArrayDeque<>();
    String root = null;
    for (String line : source.lines().toList()) {
      Matcher header = INTERFACE.matcher(line);
      Matcher setting = SETTING.matcher(line);
      if (header.find()) {
        root = root == null ? header.group(1) : root;
        open.push(header.group(1));
        interfaces.put(header.group(1), new TreeMap<>());
      } else if (setting.find()) {
        interfaces.get(open.peek()).put(setting.group(2), setting.group(1));
      } else if (line.strip().equals("}")) {
        open.pop();
      }
    }
    Set<String> names = new TreeSet<>();
    collect(interfaces, root, "MODELYARD", names);
    return names;
  }

  private static void collect(
      Map<String, Map<String, String>> interfaces, String type, String prefix, Set<String> names) {
    interfaces
        .get(type)
        .forEach(
            (name, returned) -> {
              String variable =
                  prefix + "_" + name.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
              if (interfaces.containsKey(returned)) {
                collect(interfaces, returned, variable, names);
              } else {
                names.add(variable);
              }
            });
  }
}
