package dev.modelyard.gateway.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.modelyard.api.v1alpha1.ModelDeployment;
import dev.modelyard.gateway.dispatch.LiveModel;
import dev.modelyard.gateway.dispatch.Models;
import dev.modelyard.gateway.hold.HoldBudget;
import dev.modelyard.gateway.metrics.GatewayMetrics;
import dev.modelyard.gateway.routing.Endpoint;
import dev.modelyard.gateway.routing.ModelKey;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * In whatever order models and slices come, change and go, the routes are those of what is left.
 */
class RouteBookTest {
  private static final int PORT = 8080;

  private Models models;
  private RouteBook book;

  @BeforeTry
  void start() {
    GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
    models =
        new Models(
            10,
            new HoldBudget(10, 1000),
            model -> metrics.model(model.route().key(), model::held),
            System::nanoTime);
    book = new RouteBook(models);
  }

  private static ModelDeployment model(String namespace, String name, String service) {
    String status =
        service.equals(name)
            ? ""
            : "status: {selector: 'modelyard.dev/model-deployment=" + service + "'}\n";
    return Serialization.unmarshal(
        """
        apiVersion: modelyard.dev/v1alpha1
        kind: ModelDeployment
        metadata: {namespace: %s, name: %s}
        spec: {replicas: 1}
        """
                .formatted(namespace, name)
            + status,
        ModelDeployment.class);
  }

  private static EndpointSlice slice(String namespace, String name, String service, int address) {
    return Serialization.unmarshal(
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          namespace: %s
          name: %s
          labels: {kubernetes.io/service-name: %s, modelyard.dev/model-deployment: %s}
        addressType: IPv4
        ports: [{name: http, port: %d}]
        endpoints: [{addresses: [10.0.0.%d], conditions: {ready: true}}]
        """
            .formatted(namespace, name, service, service, PORT, address),
        EndpointSlice.class);
  }

  /**
   * What the API server tells.
   *
   * @param slice the number of the slice; 0 for the model itself
   * @param service of the slice; where it is the model, whether the model's has another name
   * @param address 0 where the object is deleted
   */
  record Told(String namespace, int slice, String service, int address) {
    private String id() {
      return namespace + " " + slice;
    }
  }

  @Provide
  Arbitrary<Told> told() {
    return Combinators.combine(
            Arbitraries.of("vision", "nlp"),
            Arbitraries.integers().between(0, 3),
            Arbitraries.of("digits", "digits-9f"),
            Arbitraries.integers().between(0, 4))
        .as(Told::new);
  }

  private void tell(Told told, Map<String, Told> known) {
    Told before = told.address() == 0 ? known.remove(told.id()) : known.put(told.id(), told);
    if (told.address() == 0 && before == null) {
      return;
    }
    // Of what is deleted the last that was seen is told.
    Told what = told.address() == 0 ? before : told;
    if (told.slice() == 0) {
      ModelDeployment model = model(what.namespace(), "digits", what.service());
      if (told.address() == 0) {
        book.remove(model);
      } else {
        book.put(model);
      }
    } else {
      // A slice stays its Service's.
      EndpointSlice slice =
          slice(
              what.namespace(),
              "slice-" + what.slice() + "-" + what.service(),
              what.service(),
              what.address());
      if (told.address() == 0) {
        book.remove(slice);
      } else {
        book.put(slice);
      }
    }
  }

  @Property
  void theRoutesAreThoseOfWhatIsLeft(@ForAll List<@From("told") Told> story) {
    Map<String, Told> known = new HashMap<>();
    for (Told told : story) {
      // Each Service has slices of its own.
      Told own =
          told.slice() == 0
              ? told
              : new Told(
                  told.namespace(),
                  told.slice() + (told.service().equals("digits") ? 0 : 10),
                  told.service(),
                  told.address());
      tell(own, known);
    }

    for (String namespace : List.of("vision", "nlp")) {
      Told model = known.get(namespace + " 0");
      LiveModel live = models.find(new ModelKey(namespace, "digits"));
      if (model == null) {
        assertThat(live).isNull();
        continue;
      }
      List<Endpoint> expected =
          Stream.concat(IntStream.range(1, 4).boxed(), IntStream.range(11, 14).boxed())
              .map(number -> known.get(namespace + " " + number))
              .filter(Objects::nonNull)
              .filter(slice -> slice.service().equals(model.service()))
              .map(slice -> new Endpoint("10.0.0." + slice.address(), PORT))
              .distinct()
              .sorted(Comparator.comparing(Endpoint::toString))
              .toList();
      assertThat(live.route().ready()).containsExactlyInAnyOrderElementsOf(expected);
    }
    assertThat(book.size()).isEqualTo(known.size());
  }

  @Example
  void aModelOfTheSameNameIsAnotherInAnotherNamespace() {
    book.put(model("vision", "digits", "digits"));
    book.put(model("nlp", "digits", "digits"));

    book.put(slice("nlp", "digits-1", "digits", 7));

    assertThat(models.find(new ModelKey("vision", "digits")).hasPods()).isFalse();
    assertThat(models.find(new ModelKey("nlp", "digits")).hasPods()).isTrue();
  }

  @Example
  void aSliceOfAServiceThatCopiedTheLabelIsNotTheModels() {
    book.put(model("vision", "digits", "digits"));
    EndpointSlice other = slice("vision", "other-1", "digits", 7);
    other.getMetadata().getLabels().put("kubernetes.io/service-name", "other");

    book.put(other);

    assertThat(models.find(new ModelKey("vision", "digits")).hasPods()).isFalse();
  }
}
