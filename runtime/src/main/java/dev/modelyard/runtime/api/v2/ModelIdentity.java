package dev.modelyard.runtime.api.v2;

/**
 * What the protocol calls the model.
 *
 * @param version the revision; the only version that there is
 */
public record ModelIdentity(String name, String version) {}
