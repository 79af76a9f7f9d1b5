package dev.modelyard.gateway.proxy;

import dev.modelyard.gateway.config.GatewaySettings;
import dev.modelyard.gateway.routing.Endpoint;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.NetUtil;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.impl.ContextInternal;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * The connections of one event loop to the pods over HTTP/1.1. The one used last is used first, so
 * that those no longer needed grow old. What bounds them are the requests in flight. A pool of its
 * own, because a third of the gateway's CPU went with that of Vert.x.
 */
final class Http1Pool {
  private final Bootstrap bootstrap;
  private final ChannelGroup all;
  private final Map<Endpoint, ArrayDeque<Http1Connection>> kept = new HashMap<>();
  private final int maxHeaders;
  private final long idleNanos;

  Http1Pool(Context context, GatewaySettings.Upstream settings, int maxHeaders) {
    ContextInternal internal = (ContextInternal) context;
    this.maxHeaders = maxHeaders;
    this.idleNanos = settings.idleTimeout().toNanos();
    this.all = new DefaultChannelGroup(internal.nettyEventLoop(), true);
    this.bootstrap =
        new Bootstrap()
            .group(internal.nettyEventLoop())
            .channelFactory(internal.owner().transport().channelFactory(false))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) settings.connectTimeout().toMillis());
  }

  void request(Endpoint endpoint, HttpMethod method, String uri, PodRequest.Listener listener) {
    ArrayDeque<Http1Connection> free = kept.get(endpoint);
    while (free != null && !free.isEmpty()) {
      Http1Connection last = free.pollLast();
      if (last.isActive()) {
        last.take(method, uri, listener);
        return;
      }
    }
    Http1Decoder decoder = new Http1Decoder(maxHeaders);
    Http1Connection connection = new Http1Connection(this, endpoint, decoder);
    bootstrap
        .clone()
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                all.add(channel);
                channel.pipeline().addLast(decoder, connection);
              }
            })
        .connect(address(endpoint))
        .addListener(
            connected -> {
              if (connected.isSuccess()) {
                connection.take(method, uri, listener);
              } else {
                listener.unreachable();
              }
            });
  }

  private static InetSocketAddress address(Endpoint endpoint) {
    return new InetSocketAddress(
        NetUtil.createInetAddressFromIpAddressString(endpoint.host()), endpoint.port());
  }

  /** It waits for the next request. */
  void keep(Http1Connection connection) {
    kept.computeIfAbsent(connection.endpoint(), first -> new ArrayDeque<>()).addLast(connection);
  }

  /** It is closed. */
  void remove(Http1Connection connection) {
    ArrayDeque<Http1Connection> free = kept.get(connection.endpoint());
    if (free != null) {
      free.remove(connection);
    }
  }

  /** Closes what has not been used for long. */
  void tick(long now) {
    for (Iterator<ArrayDeque<Http1Connection>> each = kept.values().iterator(); each.hasNext(); ) {
      ArrayDeque<Http1Connection> free = each.next();
      while (!free.isEmpty() && now - free.peekFirst().keptSince() > idleNanos) {
        free.pollFirst().close();
      }
      if (free.isEmpty()) {
        each.remove();
      }
    }
  }

  Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    all.close().addListener(done -> closed.complete());
    return closed.future();
  }
}
