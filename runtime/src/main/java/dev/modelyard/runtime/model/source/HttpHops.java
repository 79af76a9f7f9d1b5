package dev.modelyard.runtime.model.source;

import dev.modelyard.runtime.model.FailureReason;
import dev.modelyard.runtime.model.ModelFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Follows redirects by hand, because each hop may lead to a place that is forbidden. */
final class HttpHops {
  private static final int MOST_REDIRECTS = 5;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final HttpConnector connector;
  private final AddressPolicy policy;

  HttpHops(HttpConnector connector, AddressPolicy policy) {
    this.connector = connector;
    this.policy = policy;
  }

  /**
   * @return the first response that is no redirect
   * @throws ModelFailure {@code SourceForbidden} where a hop may not be reached
   */
  HttpConnector.Response get(URI start, Map<String, String> headers)
      throws IOException, InterruptedException {
    URI uri = start;
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpConnector.Response response = connect(uri, headers);
      if (!REDIRECTS.contains(response.status())) {
        return response;
      }
      String location = response.header("Location");
      response.close();
      uri = next(uri, location);
    }
    throw forbidden(start, "redirects more than " + MOST_REDIRECTS + " times");
  }

  private HttpConnector.Response connect(URI uri, Map<String, String> headers)
      throws IOException, InterruptedException {
    IOException last = null;
    for (InetAddress address : allowed(uri)) {
      try {
        return connector.get(uri, address, headers);
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }

  private List<InetAddress> allowed(URI uri) throws UnknownHostException {
    String host = uri.getHost();
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    List<InetAddress> allowed = new ArrayList<>();
    String refusal = "";
    for (InetAddress address : InetAddress.getAllByName(host)) {
      String kind = policy.refusal(address).orElse(null);
      if (kind == null) {
        allowed.add(address);
      } else {
        refusal = address.getHostAddress() + " is a " + kind + " address";
      }
    }
    if (allowed.isEmpty()) {
      throw forbidden(
          uri,
          refusal
              + ", which a model may not come from;"
              + " allow its block in MODELYARD_SOURCE_ALLOWED_ADDRESSES if that is wanted");
    }
    return allowed;
  }

  private static URI next(URI from, String location) throws IOException {
    if (location == null) {
      throw new IOException("a redirect without a Location");
    }
    URI to;
    try {
      to = from.resolve(new URI(location));
    } catch (URISyntaxException e) {
      // Without the cause: it repeats the location, which may be signed.
      throw new IOException("a redirect to what is not a URI");
    }
    String scheme = to.getScheme() == null ? "" : to.getScheme().toLowerCase(Locale.ROOT);
    if (!Set.of("http", "https").contains(scheme) || to.getHost() == null) {
      throw forbidden(from, "redirects to something else than http: or https:");
    }
    if (from.getScheme().equalsIgnoreCase("https") && scheme.equals("http")) {
      throw forbidden(from, "redirects from https: to http:");
    }
    if (to.getRawUserInfo() != null) {
      throw forbidden(from, "redirects to a URL with a user name or password");
    }
    return to;
  }

  private static ModelFailure forbidden(URI uri, String problem) {
    return new ModelFailure(
        FailureReason.SourceForbidden, ModelUri.Http.display(uri) + ": " + problem);
  }
}
