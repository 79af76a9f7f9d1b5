package dev.modelyard.gateway.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;

/** Keeps of an object what routes are made of; managed fields and annotations are most of it. */
final class TrimmedStore<T extends HasMetadata> extends BasicItemStore<T> {
  TrimmedStore() {
    super(Cache::metaNamespaceKeyFunc);
  }

  @Override
  public T put(String key, T object) {
    object.getMetadata().setManagedFields(null);
    object.getMetadata().setAnnotations(null);
    return super.put(key, object);
  }
}
