package dev.modelyard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.e2e.support.Children;
import dev.modelyard.e2e.support.Cluster;
import dev.modelyard.e2e.support.Disruptive;
import dev.modelyard.e2e.support.OperatorLog;
import dev.modelyard.e2e.support.Space;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nothing of a deletion waits for the operator: there is no finalizer of it. */
@Disruptive
class DeletionWithoutOperatorTest {
  private static final int REPLICAS = 2;

  @AfterEach
  void startOperator(Cluster cluster) {
    cluster.operator().scale(REPLICAS);
    cluster.operator().awaitReady();
  }

  @Test
  void childrenGoWhileTheOperatorIsDown(Space space, Cluster cluster) {
    for (String model : List.of("background", "foreground", "again")) {
      space.apply(model, space.digits(1, 2));
    }
    String first = space.awaitServing("again").getMetadata().getUid();
    space.awaitServing("background");
    space.awaitServing("foreground");

    cluster.operator().scale(0);
    Awaitility.await("the operator to end")
        .atMost(Space.PATIENCE)
        .until(() -> cluster.operator().pods().isEmpty());
    // A resource that no operator has ever seen goes like any other.
    space.apply("unseen", space.digits(1, 1));
    space.delete("unseen", DeletionPropagation.FOREGROUND);
    space.delete("background", DeletionPropagation.BACKGROUND);
    space.delete("foreground", DeletionPropagation.FOREGROUND);
    space.delete("again", DeletionPropagation.BACKGROUND);
    for (String model : List.of("background", "foreground", "again")) {
      new Children(space, model).awaitGone();
    }
    assertThat(space.modelDeployments().inNamespace(space.name()).list().getItems()).isEmpty();
    space.apply("again", space.digits(1, 1));

    var log = OperatorLog.fromNow(cluster);
    cluster.operator().scale(REPLICAS);
    cluster.operator().awaitReady();
    String second = space.awaitServing("again").getMetadata().getUid();
    assertThat(second).isNotEqualTo(first);
    for (String model : List.of("background", "foreground", "unseen")) {
      assertThat(new Children(space, model).all()).isEmpty();
    }
    assertThat(log.trouble(space)).isEmpty();
  }
}
