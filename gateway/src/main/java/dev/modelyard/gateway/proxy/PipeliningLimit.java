package dev.modelyard.gateway.proxy;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Stops reading from a connection of HTTP/1.1 on which many requests wait for the answers to those
 * before them: Vert.x takes in what a client pipelines without a bound. The runtime has the same.
 */
final class PipeliningLimit extends ChannelDuplexHandler {
  static final int MOST = 64;

  private static final String NAME = "modelyard-pipelining";

  /** The one that installed this is the first. */
  private int unanswered = 1;

  private boolean paused;

  private PipeliningLimit() {}

  /** To be called with every request; does nothing after the first of a connection. */
  static void install(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      return;
    }
    ChannelPipeline pipeline =
        ((ConnectionBase) request.connection()).channelHandlerContext().pipeline();
    if (pipeline.get(NAME) == null) {
      pipeline.addBefore("handler", NAME, new PipeliningLimit());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (message instanceof HttpRequest) {
      unanswered++;
      if (unanswered >= MOST) {
        paused = true;
        context.channel().config().setAutoRead(false);
      }
    }
    super.channelRead(context, message);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    super.write(context, message, promise);
    if (message instanceof LastHttpContent && !isContinue(message)) {
      unanswered--;
      if (paused && unanswered < MOST / 2) {
        paused = false;
        context.channel().config().setAutoRead(true);
      }
    }
  }

  private static boolean isContinue(Object message) {
    return message instanceof HttpResponse response
        && response.status().code() == HttpResponseStatus.CONTINUE.code();
  }
}
