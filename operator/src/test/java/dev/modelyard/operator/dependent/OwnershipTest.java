package dev.modelyard.operator.dependent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.operator.desired.Labels;
import dev.modelyard.operator.desired.Names;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import org.junit.jupiter.api.Test;

class OwnershipTest {
  private static final String REVISION = "bcdfghjklm";

  /** The label of the one is the whole name of the other. */
  @Test
  void podsAreNotThoseOfAResourceThatIsNamedAsAnotherIsCut() {
    ModelDeployment eighty = named("a".repeat(80));
    ModelDeployment cut = named(Names.labelValue("a".repeat(80)));
    assertThat(Names.labelValue(cut.getMetadata().getName()))
        .isEqualTo(Names.labelValue(eighty.getMetadata().getName()));

    Pod ofCut = podOf(cut);
    Pod ofEighty = podOf(eighty);

    assertThat(Ownership.ownsPod(cut, ofCut)).isTrue();
    assertThat(Ownership.ownsPod(eighty, ofCut)).isFalse();
    assertThat(Ownership.ownsPod(eighty, ofEighty)).isTrue();
    assertThat(Ownership.ownsPod(cut, ofEighty)).isFalse();
  }

  /** The name is free as soon as it is gone: waiting helps, renaming is not needed. */
  @Test
  void whatIsBeingDeletedIsALeftoverWhoseverItWas() {
    ModelDeployment digits = named("digits");
    Service foreign =
        new ServiceBuilder().withNewMetadata().withName("digits").endMetadata().build();
    assertThat(Ownership.isLeftover(digits, foreign)).isFalse();

    foreign.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");

    assertThat(Ownership.isLeftover(digits, foreign)).isTrue();
    assertThat(Ownership.owns(digits, foreign)).isFalse();
  }

  private static ModelDeployment named(String name) {
    ModelDeployment resource = new ModelDeployment();
    resource.setMetadata(
        new ObjectMetaBuilder().withName(name).withNamespace("vision").withUid("u").build());
    return resource;
  }

  private static Pod podOf(ModelDeployment owner) {
    String name = owner.getMetadata().getName();
    return new PodBuilder()
        .withNewMetadata()
        .withLabels(Labels.of(name, REVISION))
        .addNewOwnerReference()
        .withKind("ReplicaSet")
        .withName(Names.deployment(name, REVISION) + "-5d4f8")
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .build();
  }
}
