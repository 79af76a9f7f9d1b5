package dev.modelyard.runtime.model;

/** Why a model cannot be served. The names are part of the contract with the operator. */
public enum FailureReason {
  InvalidConfiguration,
  SourceNotFound,
  SourceForbidden,
  SourceUnavailable,
  SourceTooLarge,
  ArchiveInvalid,
  DigestMismatch,
  ModelLoadFailed,
  WarmUpFailed,
  LoadTimeout,
  OutOfMemory
}
