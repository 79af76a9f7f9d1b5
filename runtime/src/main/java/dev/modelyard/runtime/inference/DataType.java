package dev.modelyard.runtime.inference;

/**
 * Tensor element types of the Open Inference Protocol v2 ("Tensor Data Types"), with their size in
 * bytes. The size of {@link #BYTES} is 0: its elements are of varying length.
 */
public enum DataType {
  BOOL(1),
  UINT8(1),
  UINT16(2),
  UINT32(4),
  UINT64(8),
  INT8(1),
  INT16(2),
  INT32(4),
  INT64(8),
  FP16(2),
  BF16(2),
  FP32(4),
  FP64(8),
  BYTES(0);

  private final int size;

  DataType(int size) {
    this.size = size;
  }

  /** Bytes of one element; 0 for {@link #BYTES}. */
  public int size() {
    return size;
  }
}
