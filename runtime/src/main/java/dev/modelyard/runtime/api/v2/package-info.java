/**
 * The Open Inference Protocol v2 over REST, with its binary tensor data extension.
 *
 * <p>Sources: <a
 * href="https://github.com/open-inference/open-inference-protocol/blob/main/specification/protocol/inference_rest.md">the
 * protocol</a> and <a
 * href="https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md">the
 * extension</a>. A model has one version here: its revision.
 */
package dev.modelyard.runtime.api.v2;
