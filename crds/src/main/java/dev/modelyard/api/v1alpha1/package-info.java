/**
 * The API of Modelyard, version v1alpha1. These types are the source: the CRD, its copy in the
 * chart and the API reference in {@code docs/} are generated from them and kept in step by {@code
 * GeneratedFilesTest}.
 *
 * <p>No field has a default in the CRD. What the operator defaults it resolves when it makes a
 * revision, so that neither a newer CRD nor a newer operator changes what already runs.
 */
package dev.modelyard.api.v1alpha1;
