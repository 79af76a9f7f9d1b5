package dev.modelyard.runtime.inference;

import java.util.List;

/**
 * One input or output of a model.
 *
 * @param shape sizes of the dimensions, -1 where any size is accepted
 */
public record TensorMetadata(String name, DataType datatype, List<Long> shape) {}
