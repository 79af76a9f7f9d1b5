package dev.modelyard.gateway.proxy;

import dev.modelyard.gateway.routing.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.impl.VertxHandler;
import java.io.IOException;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * A connection to a pod over HTTP/1.1, one request at a time. It is kept for another one only where
 * both messages ended as they should and nothing else has come: what follows an answer unasked for
 * must not be taken for the answer to the next request.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = Logger.getLogger(Http1Connection.class);
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final MultiMap NONE = MultiMap.caseInsensitiveMultiMap();

  private final Http1Pool pool;
  private final Endpoint endpoint;
  private final Http1Decoder decoder;
  private ChannelHandlerContext context;
  private Http1Request current;
  private boolean interim;
  private boolean begun;
  private boolean ended;
  private boolean reusable;
  private long keptSince;

  Http1Connection(Http1Pool pool, Endpoint endpoint, Http1Decoder decoder) {
    this.pool = pool;
    this.endpoint = endpoint;
    this.decoder = decoder;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  boolean isActive() {
    return context.channel().isActive();
  }

  /** {@link System#nanoTime} a moment before it was kept. */
  long keptSince() {
    return keptSince;
  }

  void close() {
    context.close();
  }

  /** Gives the connection, which must not be in use, to a request. */
  void take(HttpMethod method, String uri, PodRequest.Listener listener) {
    begun = false;
    reusable = true;
    decoder.asked(method);
    current = new Http1Request(this, context, method, uri, listener);
    listener.connected(current);
  }

  boolean isCurrent(Http1Request request) {
    return current == request;
  }

  /** The request wants no answer. */
  void cancel(boolean untouched) {
    current = null;
    if (untouched) {
      decoder.answered();
      keep();
    } else {
      context.close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void channelRead(ChannelHandlerContext from, Object message) {
    if (current == null) {
      // Nobody wants it any more.
      ReferenceCountUtil.release(message);
    } else if (message instanceof DefaultHttpResponse response) {
      head(response);
    } else {
      content((HttpContent) message);
    }
  }

  private void head(HttpResponse response) {
    int status = response.status().code();
    if (response.decoderResult().isFailure() || begun || status == SWITCHING_PROTOCOLS) {
      ReferenceCountUtil.release(response);
      broken();
    } else if (status < 200) {
      interim = true;
    } else {
      begun = true;
      reusable = HttpUtil.isKeepAlive(response);
      current.listener().head(status, (MultiMap) response.headers());
    }
  }

  private void content(HttpContent content) {
    ByteBuf bytes = content.content();
    boolean failed = content.decoderResult().isFailure();
    if (failed || interim || !bytes.isReadable()) {
      content.release();
    } else {
      current.listener().part(Buffer.buffer(VertxHandler.safeBuffer(bytes)));
    }
    if (failed) {
      broken();
    } else if (content instanceof LastHttpContent last) {
      if (interim) {
        interim = false;
      } else if (current != null) {
        end(last);
      }
    }
  }

  private void end(LastHttpContent last) {
    Http1Request answered = current;
    current = null;
    ended = true;
    decoder.answered();
    reusable &= answered.isSent();
    answered.listener().end(trailers(last));
  }

  private static MultiMap trailers(LastHttpContent last) {
    if (last.trailingHeaders().isEmpty()) {
      return NONE;
    }
    MultiMap trailers = MultiMap.caseInsensitiveMultiMap();
    for (Map.Entry<String, String> trailer : last.trailingHeaders()) {
      trailers.add(trailer.getKey(), trailer.getValue());
    }
    return trailers;
  }

  /** What comes is no answer to what was asked. */
  private void broken() {
    context.close();
    fail();
  }

  private void fail() {
    if (current != null) {
      Http1Request request = current;
      current = null;
      request.listener().failed(false);
    }
  }

  /** All that has come was looked at. */
  @Override
  public void channelReadComplete(ChannelHandlerContext from) {
    if (decoder.hasExcess()) {
      from.close();
    } else if (ended) {
      ended = false;
      if (reusable) {
        keep();
      } else {
        from.close();
      }
    }
  }

  private void keep() {
    if (context.channel().isActive()) {
      context.channel().config().setAutoRead(true);
      keptSince = System.nanoTime();
      pool.keep(this);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext from) {
    if (current != null && from.channel().isWritable()) {
      current.drained();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext from) {
    pool.remove(this);
    fail();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.warn("A connection to a pod is closed", cause);
    }
    from.close();
  }
}
