package dev.modelyard.runtime.api.v2;

import java.time.Duration;

/** Bounds of what a client may send, and for how long. */
public record HttpLimits(long maxBodyBytes, Duration requestTimeout) {}
