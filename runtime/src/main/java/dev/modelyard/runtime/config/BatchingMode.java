package dev.modelyard.runtime.config;

/** Who decides whether requests are computed together. The names are part of the contract. */
public enum BatchingMode {
  /** The graph: only where it proves that rows are independent. */
  Auto,
  /** The user, who says that rows are independent. */
  Declared,
  /** Nobody: each request is computed alone. */
  Off
}
