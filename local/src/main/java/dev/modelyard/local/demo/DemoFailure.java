package dev.modelyard.local.demo;

import dev.modelyard.local.process.StartFailure;

/** A step of the demo did not come out as it must; the message says how. */
public final class DemoFailure extends StartFailure {
  DemoFailure(String message) {
    super(message);
  }

  DemoFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
