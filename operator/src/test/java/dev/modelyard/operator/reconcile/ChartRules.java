package dev.modelyard.operator.reconcile;

import com.fasterxml.jackson.core.type.TypeReference;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the chart lets the operator do. */
final class ChartRules {
  private static final Path FILE = Path.of("../helm/modelyard/files/operator-rules.yaml");

  private ChartRules() {}

  static List<PolicyRule> all() {
    try (InputStream file = Files.newInputStream(FILE)) {
      return Serialization.unmarshal(file, new TypeReference<List<PolicyRule>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One {@code group/resource verb} each. */
  static Set<String> allowed() {
    Set<String> allowed = new TreeSet<>();
    for (PolicyRule rule : all()) {
      for (String group : rule.getApiGroups()) {
        for (String resource : rule.getResources()) {
          rule.getVerbs().forEach(verb -> allowed.add(group + "/" + resource + " " + verb));
        }
      }
    }
    return allowed;
  }
}
