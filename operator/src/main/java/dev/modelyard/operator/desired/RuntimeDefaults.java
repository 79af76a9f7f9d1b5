package dev.modelyard.operator.desired;

import java.time.Duration;
import java.util.List;

/**
 * What the operator fills in where a spec is silent. It is resolved when a revision is made and
 * kept with it.
 *
 * @param cpuImage image of the runtime without GPU
 * @param gpuImage image of the runtime with GPU
 * @param cacheBytes size limit of the model cache, and the largest model
 * @param allowedAddresses CIDRs that models may be fetched from though they are loopback or
 *     link-local
 */
public record RuntimeDefaults(
    String cpuImage,
    String gpuImage,
    long cacheBytes,
    Duration shutdownDelay,
    Duration shutdownGrace,
    List<String> allowedAddresses) {}
