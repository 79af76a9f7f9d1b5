package dev.modelyard.e2e.support;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the cluster: {@link Cluster} (one a run, with the operator installed) and {@link
 * Space} (a namespace a test). What a failed test leaves is described in target/e2e before it goes.
 */
public final class ClusterExtension
    implements BeforeAllCallback, AfterTestExecutionCallback, ParameterResolver {
  private static final ExtensionContext.Namespace STORE =
      ExtensionContext.Namespace.create(ClusterExtension.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    cluster(context).operator().ensureInstalled();
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    Space space = context.getStore(STORE).get(Space.class, Space.class);
    if (context.getExecutionException().isPresent()) {
      Diagnostics.write(
          cluster(context),
          space,
          context.getRequiredTestClass().getSimpleName()
              + "-"
              + context.getRequiredTestMethod().getName());
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Space.class || type == Cluster.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    if (parameter.getParameter().getType() == Cluster.class) {
      return cluster(context);
    }
    return context
        .getStore(STORE)
        .getOrComputeIfAbsent(
            Space.class,
            key -> Space.create(cluster(context), context.getRequiredTestClass().getSimpleName()),
            Space.class);
  }

  private static Cluster cluster(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(STORE)
        .getOrComputeIfAbsent(Cluster.class, key -> new Cluster(), Cluster.class);
  }
}
