/** What the API server tells: ModelDeployments and their EndpointSlices, read only. */
package dev.modelyard.gateway.watch;
