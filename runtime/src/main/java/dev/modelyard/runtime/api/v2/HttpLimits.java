package dev.modelyard.runtime.api.v2;

import java.time.Duration;

/**
 * Bounds of what clients may send.
 *
 * @param maxBodyBytes of one request
 * @param maxMemoryBytes of all requests that are being received and parsed
 * @param requestTimeout from arrival to answer
 */
public record HttpLimits(long maxBodyBytes, long maxMemoryBytes, Duration requestTimeout) {}
