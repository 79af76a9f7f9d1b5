package dev.modelyard.runtime.inference.onnx;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.onnxruntime.engine.OrtNDManager;
import ai.djl.onnxruntime.engine.OrtSymbolBlock;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.modelyard.runtime.config.RuntimeConfig;
import dev.modelyard.runtime.inference.LoadedModel;
import dev.modelyard.runtime.inference.ModelEngine;
import dev.modelyard.runtime.inference.onnx.rows.RowProof;
import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Loads {@code .onnx} files with ONNX Runtime through DJL. */
@ApplicationScoped
public class OnnxEngine implements ModelEngine {
  /**
   * DJL's name of the engine. It is always named: DJL's default engine depends on the classpath.
   */
  static final String NAME = "OnnxRuntime";

  private static final String TASK = "Tensor";

  static {
    // Read by DJL's static initialisers: no download, no telemetry, no search for another engine.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("ai.djl.onnx.disable_alternative", "true");
  }

  private final RuntimeConfig config;

  @Inject
  public OnnxEngine(RuntimeConfig config) {
    this.config = config;
  }

  @Override
  public LoadedModel load(Path path) throws ModelFailure {
    checkSupported();
    Path file = ModelFiles.onnxFile(path);
    boolean folder = Files.isDirectory(path);
    Path root = folder ? path : file.toAbsolutePath().getParent();
    ExternalData.check(
        file,
        root,
        config.model().volume().orElse(root),
        folder || config.model().digest().isEmpty());
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    // DJL finds its engines with the context class loader, which is not ours on every thread.
    thread.setContextClassLoader(OnnxEngine.class.getClassLoader());
    List<Model> models = new ArrayList<>();
    List<OrtSession> sessions = new ArrayList<>();
    try {
      for (Device device : devices()) {
        load(file, device, models, sessions);
      }
      return new OnnxModel(models, sessions.get(0), RowProof.of(file));
    } catch (OrtException e) {
      models.forEach(Model::close);
      throw new ModelFailure(
          FailureReason.ModelLoadFailed,
          "ONNX Runtime cannot load '%s': %s".formatted(file.getFileName(), e.getMessage()),
          e);
    } catch (ModelFailure e) {
      models.forEach(Model::close);
      throw e;
    } catch (RuntimeException | LinkageError | AssertionError e) {
      models.forEach(Model::close);
      throw new ModelFailure(
          FailureReason.ModelLoadFailed, "ONNX Runtime itself cannot be loaded: " + e, e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private void load(Path file, Device device, List<Model> models, List<OrtSession> sessions)
      throws OrtException {
    Model model = Engine.getEngine(NAME).newModel(config.model().name(), device);
    models.add(model);
    // DJL's own Model.load hides the session, and with it the types and shapes of the inputs; its
    // block takes a session that we opened. The block closes it, and the model's manager the block.
    try (OrtSession.SessionOptions options = options(device)) {
      OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString(), options);
      sessions.add(session);
      model.setBlock(new OrtSymbolBlock(session, (OrtNDManager) model.getNDManager()));
    }
  }

  private OrtSession.SessionOptions options(Device device) throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(threads());
    options.setInterOpNumThreads(1);
    // Waiting threads would otherwise spin and take the CPU from the HTTP threads of the same pod.
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    // Its errors come as exceptions and go to the client; in the log they would let clients fill
    // it.
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    if (device.isGpu()) {
      try {
        options.addCUDA(device.getDeviceId());
      } catch (OrtException e) {
        options.close();
        throw new ModelFailure(
            FailureReason.ModelLoadFailed,
            "gpu.count is %d, but ONNX Runtime finds no CUDA for gpu:%d (%s); use the CUDA image of"
                    .formatted(config.gpu().count(), device.getDeviceId(), e.getMessage())
                + " the runtime on a node with an NVIDIA driver, or set no gpu",
            e);
      }
    }
    return options;
  }

  private List<Device> devices() {
    List<Device> devices = new ArrayList<>();
    for (int i = 0; i < config.gpu().count(); i++) {
      devices.add(Device.gpu(i));
    }
    return devices.isEmpty() ? List.of(Device.cpu()) : devices;
  }

  private int threads() {
    int shared =
        Runtime.getRuntime().availableProcessors() / Math.max(1, config.serving().workers());
    return config.serving().threads().orElse(Math.max(1, shared));
  }

  private void checkSupported() {
    String engine = config.model().engine().orElse(NAME);
    if (!engine.equals(NAME)) {
      throw new ModelFailure(
          FailureReason.InvalidConfiguration,
          "engine '%s' is not in this image; it has: %s. Leave spec.model.engine out, or write %s"
              .formatted(engine, NAME, NAME));
    }
    if (!config.model().task().equals(TASK)) {
      throw new ModelFailure(
          FailureReason.InvalidConfiguration,
          "task '%s' is not supported by this image; it has: %s. Leave spec.model.task out"
              .formatted(config.model().task(), TASK));
    }
  }
}
