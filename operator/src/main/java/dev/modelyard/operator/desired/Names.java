package dev.modelyard.operator.desired;

/**
 * Names of what belongs to a ModelDeployment. A name that does not fit into the 63 characters of a
 * label or a Service is cut and ends in a hash of the whole, so that two long names stay apart.
 */
public final class Names {
  static final int MAX = 63;

  private Names() {}

  /** Name of the Deployment of a revision. */
  public static String deployment(String modelDeployment, String revision) {
    return fit(modelDeployment, MAX - 1 - revision.length()) + "-" + revision;
  }

  /** Name of the Service. */
  public static String service(String modelDeployment) {
    return fit(modelDeployment, MAX);
  }

  /** Name of the PodDisruptionBudget of a revision. */
  public static String disruptionBudget(String modelDeployment, String revision) {
    return deployment(modelDeployment, revision);
  }

  /** The ModelDeployment's name as a label value. */
  public static String labelValue(String modelDeployment) {
    return fit(modelDeployment, MAX);
  }

  /** Where the model answers inside the cluster. */
  public static String url(String modelDeployment, String namespace) {
    return "http://" + service(modelDeployment) + "." + namespace + ".svc";
  }

  private static String fit(String name, int max) {
    if (name.length() <= max) {
      return name;
    }
    String start = name.substring(0, max - 1 - SafeHash.LENGTH).replaceAll("[-.]+$", "");
    return start + "-" + SafeHash.of(name);
  }
}
