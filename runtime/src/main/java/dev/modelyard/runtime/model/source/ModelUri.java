package dev.modelyard.runtime.model.source;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;

/** Where a model is. Parsing touches neither disk nor network. */
public sealed interface ModelUri {
  /** The uri without its query, which may be a signature: fit for logs and answers. */
  String display();

  /** An absolute path that is used in place. */
  record LocalFile(Path path) implements ModelUri {
    @Override
    public String display() {
      return "file:" + path;
    }
  }

  /**
   * A path inside a mounted claim.
   *
   * @param path relative to the mount; empty for the whole claim
   */
  record Volume(String claim, String path) implements ModelUri {
    @Override
    public String display() {
      return "pvc://" + claim + "/" + path;
    }
  }

  /** {@code http:} or {@code https:}. */
  record Http(URI uri) implements ModelUri {
    @Override
    public String display() {
      return display(uri);
    }

    static String display(URI uri) {
      String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
      String path = uri.getRawPath() == null ? "" : uri.getRawPath();
      return uri.getScheme() + "://" + uri.getHost() + port + path;
    }
  }

  /**
   * @throws ModelFailure {@code InvalidConfiguration}; the message holds no part of the uri that
   *     could be a credential
   */
  static ModelUri parse(String text) {
    URI uri;
    try {
      uri = new URI(text.strip());
    } catch (URISyntaxException e) {
      // The exception's own message repeats the text, which may hold a credential.
      throw invalid(
          "the model's uri is not a URI: " + e.getReason() + " at character " + e.getIndex());
    }
    if (uri.getScheme() == null) {
      throw invalid(
          "the model's uri has no scheme; write for example https://… or pvc://<claim>/<path>");
    }
    return switch (uri.getScheme().toLowerCase(Locale.ROOT)) {
      case "file" -> localFile(uri);
      case "pvc" -> volume(uri);
      case "http", "https" -> http(uri);
      default ->
          throw invalid(
              "the model's uri has the scheme '"
                  + uri.getScheme()
                  + "', which is not supported; write file:, pvc:, http: or https:");
    };
  }

  private static LocalFile localFile(URI uri) {
    boolean here = uri.getAuthority() == null || uri.getAuthority().equals("localhost");
    if (!here || uri.getPath() == null || !uri.getPath().startsWith("/")) {
      throw invalid("a file: uri needs an absolute path; write file:///path/to/model.onnx");
    }
    rejectExtras(uri);
    return new LocalFile(path(uri.getPath()));
  }

  private static Volume volume(URI uri) {
    if (uri.getAuthority() == null || uri.getPath() == null) {
      throw invalid("a pvc: uri names a claim and a path; write pvc://<claim>/path/to/model.onnx");
    }
    rejectExtras(uri);
    String path = uri.getPath().replaceFirst("^/+", "");
    for (String segment : path.split("/")) {
      if (segment.equals("..")) {
        throw invalid("the path of a pvc: uri may not contain '..'");
      }
    }
    path(path);
    return new Volume(uri.getAuthority(), path);
  }

  private static Http http(URI uri) {
    if (uri.getHost() == null) {
      throw invalid(
          "the model's uri names no host; write "
              + uri.getScheme()
              + "://<host>/path/to/model.onnx");
    }
    if (uri.getRawUserInfo() != null) {
      throw invalid(
          "a user name or password in the model's uri would be readable by everyone; remove it");
    }
    return new Http(uri);
  }

  private static Path path(String text) {
    if (text.indexOf('\0') >= 0) {
      throw invalid("the path of the model's uri contains a NUL character");
    }
    return Path.of(text);
  }

  private static void rejectExtras(URI uri) {
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw invalid(
          "a " + uri.getScheme() + ": uri has neither query nor fragment; write '?' as %3F");
    }
  }

  private static ModelFailure invalid(String problem) {
    return new ModelFailure(FailureReason.InvalidConfiguration, problem);
  }
}
