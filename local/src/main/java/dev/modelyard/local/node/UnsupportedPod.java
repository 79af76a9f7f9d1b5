package dev.modelyard.local.node;

/** A pod asks for something that the laptop's node does not have. */
final class UnsupportedPod extends RuntimeException {
  UnsupportedPod(String message) {
    super(message);
  }
}
