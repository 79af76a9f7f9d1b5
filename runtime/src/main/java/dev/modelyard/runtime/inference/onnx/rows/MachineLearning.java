package dev.modelyard.runtime.inference.onnx.rows;

import dev.modelyard.runtime.inference.onnx.rows.Operators.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The operators of {@code ai.onnx.ml}, which take a row of features each; see its Operators-ml.md.
 */
final class MachineLearning {
  private static final String DOMAIN = "ai.onnx.ml";

  private MachineLearning() {}

  static void register(Map<String, Rule> rules) {
    for (String name : List.of("Binarizer", "CategoryMapper", "LabelEncoder")) {
      put(rules, name, use -> List.of(Fact.rows(use.rows(0, 1).sizes())));
    }
    for (String name : List.of("Imputer", "Normalizer", "Scaler")) {
      put(rules, name, use -> List.of(Fact.rows(matrix(use, 0).sizes())));
    }
    for (String name : List.of("LinearClassifier", "SVMClassifier", "TreeEnsembleClassifier")) {
      put(rules, name, use -> classified(matrix(use, 0)));
    }
    for (String name :
        List.of("LinearRegressor", "SVMRegressor", "TreeEnsembleRegressor", "TreeEnsemble")) {
      put(rules, name, use -> List.of(features(matrix(use, 0))));
    }
    put(rules, "TfIdfVectorizer", use -> List.of(features(matrix(use, 0))));
    rules.put("TfIdfVectorizer", use -> List.of(features(matrix(use, 0))));
    put(rules, "FeatureVectorizer", MachineLearning::features);
    put(rules, "ArrayFeatureExtractor", MachineLearning::extracted);
    put(rules, "OneHotEncoder", use -> List.of(Fact.rows(use.rows(0, 1).rank() + 1)));
    // A sequence with a map for each row.
    put(rules, "ZipMap", use -> List.of(Fact.rows(matrix(use, 0).sizes().subList(0, 1))));
  }

  private static void put(Map<String, Rule> rules, String name, Rule rule) {
    rules.put(Operators.key(DOMAIN, name), rule);
  }

  /** Of rows of features: a list of numbers alone would be one row. */
  private static Fact matrix(Use use, int index) throws NotProven {
    Fact input = use.rows(index, 2);
    if (input.rank() != 2) {
      throw new NotProven("of other than a matrix");
    }
    return input;
  }

  private static Fact features(Fact matrix) {
    return Fact.rows(2);
  }

  private static List<Fact> classified(Fact matrix) {
    return List.of(Fact.rows(1), Fact.rows(2));
  }

  private static List<Fact> features(Use use) throws NotProven {
    for (int i = 0; i < use.inputs().size(); i++) {
      matrix(use, i);
    }
    return List.of(Fact.rows(2));
  }

  private static List<Fact> extracted(Use use) throws NotProven {
    Fact input = matrix(use, 0);
    use.constantsFrom(1);
    return List.of(Fact.rows(new ArrayList<>(Fact.rows(input.rank()).sizes())));
  }
}
