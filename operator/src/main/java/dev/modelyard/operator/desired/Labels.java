package dev.modelyard.operator.desired;

import java.util.Map;
import java.util.TreeMap;

/** Labels and annotations of what the operator makes. */
public final class Labels {
  public static final String MODEL_DEPLOYMENT = "modelyard.dev/model-deployment";
  public static final String REVISION = "modelyard.dev/revision";
  public static final String NAME = "app.kubernetes.io/name";
  public static final String INSTANCE = "app.kubernetes.io/instance";
  public static final String COMPONENT = "app.kubernetes.io/component";
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  /** Value of {@link #MANAGED_BY}. */
  public static final String MANAGER = "modelyard";

  /** Annotation of a Deployment: the part of the spec that its revision is made of, as JSON. */
  public static final String TEMPLATE = "modelyard.dev/template";

  /**
   * Annotation of a Deployment that was made with no replicas, until one of its pods was Ready:
   * Kubernetes calls such a Deployment complete at once.
   */
  public static final String MADE_AT_ZERO = "modelyard.dev/made-at-zero";

  private Labels() {}

  /** Labels of everything that belongs to a ModelDeployment. */
  public static Map<String, String> of(String modelDeployment) {
    String value = Names.labelValue(modelDeployment);
    Map<String, String> labels = new TreeMap<>();
    labels.put(NAME, "modelyard-runtime");
    labels.put(INSTANCE, value);
    labels.put(COMPONENT, "runtime");
    labels.put(MANAGED_BY, MANAGER);
    labels.put(MODEL_DEPLOYMENT, value);
    return labels;
  }

  /** Labels of what belongs to one revision. */
  public static Map<String, String> of(String modelDeployment, String revision) {
    Map<String, String> labels = of(modelDeployment);
    labels.put(REVISION, revision);
    return labels;
  }

  /** What selects the pods of one revision. */
  public static Map<String, String> selector(String modelDeployment, String revision) {
    Map<String, String> labels = new TreeMap<>();
    labels.put(MODEL_DEPLOYMENT, Names.labelValue(modelDeployment));
    labels.put(REVISION, revision);
    return labels;
  }

  /** What selects the pods of every revision, as {@code status.selector} writes it. */
  public static String selectorText(String modelDeployment) {
    return MODEL_DEPLOYMENT + "=" + Names.labelValue(modelDeployment);
  }
}
