package dev.modelyard.runtime.model;

/** The parts of a cold start that are timed. */
public enum Phase {
  DOWNLOAD,
  LOAD,
  WARM_UP
}
