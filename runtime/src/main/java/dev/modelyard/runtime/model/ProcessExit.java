package dev.modelyard.runtime.model;

/** Ends the process; an interface so that tests outlive it. */
public interface ProcessExit {
  /** Asks for the end and returns. */
  void exit(int code);
}
