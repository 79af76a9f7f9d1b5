package dev.modelyard.operator.desired;

import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The folders of a runtime pod: everything else is read-only. */
final class RuntimeVolumes {
  static final String CACHE_PATH = "/models";
  static final String CLAIM_PATH = "/mnt/model";
  private static final String TEMPORARY_PATH = "/tmp";

  /** Room for unpacked native libraries. */
  private static final long TEMPORARY_BYTES = 2L << 30;

  private static final String CLAIM_SCHEME = "pvc://";

  private RuntimeVolumes() {}

  /** The PersistentVolumeClaim that a model's URI names. */
  static Optional<String> claim(String uri) {
    if (!uri.startsWith(CLAIM_SCHEME)) {
      return Optional.empty();
    }
    int slash = uri.indexOf('/', CLAIM_SCHEME.length());
    return Optional.of(uri.substring(CLAIM_SCHEME.length(), slash < 0 ? uri.length() : slash));
  }

  static List<Volume> volumes(String uri, RuntimeDefaults defaults) {
    List<Volume> volumes = new ArrayList<>();
    volumes.add(emptyDir("models", defaults.cacheBytes()));
    volumes.add(emptyDir("tmp", TEMPORARY_BYTES));
    claim(uri)
        .ifPresent(
            claim ->
                volumes.add(
                    new VolumeBuilder()
                        .withName("model")
                        .withNewPersistentVolumeClaim(claim, true)
                        .build()));
    return volumes;
  }

  static List<VolumeMount> mounts(String uri) {
    List<VolumeMount> mounts = new ArrayList<>();
    mounts.add(new VolumeMountBuilder().withName("models").withMountPath(CACHE_PATH).build());
    mounts.add(new VolumeMountBuilder().withName("tmp").withMountPath(TEMPORARY_PATH).build());
    if (claim(uri).isPresent()) {
      mounts.add(
          new VolumeMountBuilder()
              .withName("model")
              .withMountPath(CLAIM_PATH)
              .withReadOnly(true)
              .build());
    }
    return mounts;
  }

  private static Volume emptyDir(String name, long bytes) {
    return new VolumeBuilder()
        .withName(name)
        .withNewEmptyDir()
        .withSizeLimit(Quantities.bytes(bytes))
        .endEmptyDir()
        .build();
  }
}
