/** ONNX Runtime, through DJL. The only package that names either. */
package dev.modelyard.runtime.inference.onnx;
