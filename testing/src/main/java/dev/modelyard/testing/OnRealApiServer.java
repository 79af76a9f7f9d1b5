package dev.modelyard.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests that need {@link RealApiServer}; skipped, and said so, where its programs are missing. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnRealApiServer.WhereItIs.class)
public @interface OnRealApiServer {

  /** Asks for the programs. */
  final class WhereItIs implements ExecutionCondition {
    private static final AtomicBoolean SAID = new AtomicBoolean();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Optional<String> missing = RealApiServer.missing();
      if (missing.isEmpty()) {
        return ConditionEvaluationResult.enabled(null);
      }
      if (SAID.compareAndSet(false, true)) {
        System.out.println("[WARNING] Tests on a real API server are skipped: " + missing.get());
      }
      return ConditionEvaluationResult.disabled(missing.get());
    }
  }
}
