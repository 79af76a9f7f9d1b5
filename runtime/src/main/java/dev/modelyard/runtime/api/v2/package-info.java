/**
 * The Open Inference Protocol v2 over REST, with its binary tensor data extension.
 *
 * <p>Sources: <a
 * href="https://github.com/open-inference/open-inference-protocol/blob/main/specification/protocol/inference_rest.md">the
 * protocol</a> and <a
 * href="https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md">the
 * extension</a>. What they leave open is decided so:
 *
 * <ul>
 *   <li>A model has one version, its revision.
 *   <li>JSON {@code data} is taken flat or nested and given flat. FP16 and BF16 are numbers in JSON
 *       too, rounded to the nearest.
 *   <li>JSON has no NaN and no infinity. NaN is given as null. An output with an infinity is
 *       answered 500, for null would hide its sign, with the advice to ask for binary data, which
 *       carries both.
 *   <li>BYTES are text in this engine: binary elements must be UTF-8, and neither form may have
 *       U+0000 or half of a surrogate pair.
 *   <li>Unknown fields are refused, unknown parameters let pass, and parameters of extensions that
 *       are not here (sequences, classification, shared memory, priorities) refused.
 *   <li>An input that the engine blames is answered 400, other failures of the model 500, a full
 *       queue 429, a request whose time is over 504, a body in another encoding 415.
 *   <li>A body may come with {@code Content-Encoding: gzip} or {@code deflate}. Its limit holds for
 *       what it becomes, and the length of the JSON counts decoded bytes, as Triton's clients do.
 *   <li>A model or server that is not ready answers its health with 503 and {@code "ready": false}.
 * </ul>
 */
package dev.modelyard.runtime.api.v2;
