package dev.modelyard.runtime.model;

import dev.modelyard.runtime.config.RuntimeConfig;
import dev.modelyard.runtime.model.archive.ArchiveKind;
import dev.modelyard.runtime.model.archive.ArchiveLimits;
import dev.modelyard.runtime.model.archive.ArchiveUnpacker;
import dev.modelyard.runtime.model.digest.ModelDigest;
import dev.modelyard.runtime.model.source.AddressPolicy;
import dev.modelyard.runtime.model.source.Backoff;
import dev.modelyard.runtime.model.source.Cidr;
import dev.modelyard.runtime.model.source.DownloadListener;
import dev.modelyard.runtime.model.source.HttpDownload;
import dev.modelyard.runtime.model.source.LocalModel;
import dev.modelyard.runtime.model.source.ModelUri;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Brings the model's files to disk, checks what they are, and unpacks them. */
final class ModelFiles {
  private static final Duration IDLE = Duration.ofSeconds(60);

  private final RuntimeConfig.Model config;
  private final ModelUri uri;
  private final HttpDownload.Settings http;
  private final Vertx vertx;

  /** Told what happens, on the thread that calls. */
  interface Listener extends DownloadListener {
    void verifying();

    void verified(ModelDigest digest);
  }

  ModelFiles(RuntimeConfig config, Vertx vertx) {
    this.config = config.model();
    this.vertx = vertx;
    this.uri = ModelUri.parse(config.model().uri());
    List<Cidr> allowed =
        config.source().allowedAddresses().orElse(List.of()).stream().map(Cidr::parse).toList();
    this.http =
        new HttpDownload.Settings(
            config.model().cache(),
            config.model().maxBytes(),
            new AddressPolicy(allowed),
            config.model().loadTimeout(),
            IDLE,
            Backoff.DEFAULT);
  }

  ModelUri uri() {
    return uri;
  }

  /**
   * @return a file or folder whose digest is the one expected, if one is
   */
  Path prepare(Listener listener) throws InterruptedException {
    if (uri instanceof ModelUri.LocalFile file) {
      return verified(LocalModel.file(file), listener);
    }
    if (uri instanceof ModelUri.Volume volume) {
      return verified(LocalModel.volume(volume, mount()), listener);
    }
    return download(new HttpDownload(vertx, http, (ModelUri.Http) uri), listener);
  }

  private Path mount() {
    return config
        .volume()
        .orElseThrow(
            () ->
                new ModelFailure(
                    FailureReason.InvalidConfiguration,
                    "a pvc: uri needs MODELYARD_MODEL_VOLUME, where the claim is mounted"));
  }

  private Path verified(Path model, Listener listener) throws InterruptedException {
    listener.verifying();
    ModelDigest digest = ModelDigest.of(model);
    config.digest().ifPresent(digest::check);
    listener.verified(digest);
    return unpacked(model, digest);
  }

  private Path download(HttpDownload download, Listener listener) throws InterruptedException {
    HttpDownload.Fetched fetched = download.fetch(listener);
    listener.verifying();
    ModelDigest digest = ModelDigest.of(fetched.file());
    if (fetched.reused() && !asBefore(download, digest)) {
      download.discard();
      fetched = download.fetch(listener);
      listener.verifying();
      digest = ModelDigest.of(fetched.file());
    }
    if (config.digest().isPresent() && !digest.matches(config.digest().get())) {
      // What is wrong now may be right after a restart.
      download.discard();
      digest.check(config.digest().get());
    }
    download.recordDigest(digest.value());
    listener.verified(digest);
    return unpacked(fetched.file(), digest);
  }

  /** A file in the cache that is not what was asked, or not what was written, is no use. */
  private boolean asBefore(HttpDownload download, ModelDigest digest) {
    Optional<String> recorded = download.recordedDigest();
    return digest.matches(config.digest().or(() -> recorded).orElse(digest.value()));
  }

  private Path unpacked(Path model, ModelDigest digest) throws InterruptedException {
    Optional<ArchiveKind> kind = ArchiveKind.of(model);
    if (kind.isEmpty() || Files.isDirectory(model)) {
      return model;
    }
    ArchiveLimits limits = ArchiveLimits.ofBytes(config.maxBytes());
    return new ArchiveUnpacker(config.cache(), limits).unpack(model, kind.get(), digest.value());
  }
}
