package dev.modelyard.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** One model, served: which model, on what, how many replicas, and what has become of it. */
@Group(ModelDeployment.GROUP)
@Version("v1alpha1")
@Plural("modeldeployments")
@ShortNames("mdep")
@Categories({"all", "modelyard"})
@JsonClassDescription(
    "A model that is served: which model, on what hardware, how many replicas, and what has become of it.")
@AdditionalPrinterColumn(name = "Model", jsonPath = ".spec.model.uri")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "Ready", jsonPath = ".status.ready")
@AdditionalPrinterColumn(name = "Revision", jsonPath = ".status.stable.revision")
@AdditionalPrinterColumn(
    name = "GPU",
    jsonPath = ".spec.gpu.count",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "URL", jsonPath = ".status.url", priority = 1)
@AdditionalPrinterColumn(
    name = "Message",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
    priority = 1)
public class ModelDeployment extends CustomResource<ModelDeploymentSpec, ModelDeploymentStatus>
    implements Namespaced {
  public static final String GROUP = "modelyard.dev";

  @Override
  protected ModelDeploymentSpec initSpec() {
    return null;
  }

  @Override
  protected ModelDeploymentStatus initStatus() {
    return null;
  }
}
