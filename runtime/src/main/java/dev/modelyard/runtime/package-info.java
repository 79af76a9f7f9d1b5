/** The Modelyard runtime: fetches, verifies, loads and serves one model. */
package dev.modelyard.runtime;
