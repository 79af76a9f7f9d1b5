package dev.modelyard.runtime.inference.onnx;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the one ONNX file of a model. */
final class ModelFiles {
  private static final String EXTENSION = ".onnx";
  private static final int DEPTH = 8;

  private ModelFiles() {}

  /**
   * @param model an {@code .onnx} file, or a folder with exactly one, or with one named {@code
   *     model.onnx} at the top
   */
  static Path onnxFile(Path model) throws ModelFailure {
    if (Files.isRegularFile(model)) {
      if (!model.getFileName().toString().endsWith(EXTENSION)) {
        throw failure(
            "'%s' is not an ONNX file by its name: this image serves ONNX Runtime models; name the"
                + " file in the URI *.onnx, or give a .zip or .tar.gz with one inside",
            model.getFileName());
      }
      return model;
    }
    Path preferred = model.resolve("model.onnx");
    if (Files.isRegularFile(preferred)) {
      return preferred;
    }
    List<Path> found = search(model);
    if (found.size() == 1) {
      return found.get(0);
    }
    if (found.isEmpty()) {
      throw failure("no .onnx file among the model's files; put one named model.onnx there");
    }
    throw failure(
        "%d .onnx files among the model's files (%s) and none at the top is named model.onnx; keep"
            + " one, or name the one to serve model.onnx",
        found.size(),
        found.stream()
            .limit(5)
            .map(file -> model.relativize(file).toString())
            .collect(Collectors.joining(", ")));
  }

  private static List<Path> search(Path folder) {
    try (Stream<Path> files = Files.walk(folder, DEPTH)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(EXTENSION))
          .filter(Files::isRegularFile)
          .filter(file -> !isHidden(folder.relativize(file)))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new ModelFailure(
          FailureReason.ModelLoadFailed, "the model's files cannot be listed: " + e, e);
    }
  }

  /**
   * What editors and operating systems put beside files: {@code __MACOSX/._model.onnx} and such.
   */
  private static boolean isHidden(Path inside) {
    for (Path part : inside) {
      String name = part.toString();
      if (name.startsWith(".") || name.equals("__MACOSX")) {
        return true;
      }
    }
    return false;
  }

  private static ModelFailure failure(String message, Object... arguments) {
    return new ModelFailure(FailureReason.ModelLoadFailed, message.formatted(arguments));
  }
}
