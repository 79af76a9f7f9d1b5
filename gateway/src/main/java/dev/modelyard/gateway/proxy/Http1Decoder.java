package dev.modelyard.gateway.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.util.List;

/**
 * Reads a pod's answers with the headers of Vert.x, which are faster than Netty's and can be copied
 * to the client's answer as they are.
 */
final class Http1Decoder extends HttpResponseDecoder {
  private static final int MAX_INITIAL_LINE = 4096;
  private static final int MAX_PART = 64 * 1024;

  private boolean awaits;
  private boolean head;
  private boolean excess;

  /**
   * @param maxHeaders bytes
   */
  Http1Decoder(int maxHeaders) {
    super(MAX_INITIAL_LINE, maxHeaders, MAX_PART);
  }

  /** What comes is the answer to a request of this method. */
  void asked(HttpMethod method) {
    awaits = true;
    head = method == HttpMethod.HEAD;
  }

  /** The answer is whole: nothing more may come. */
  void answered() {
    awaits = false;
  }

  /** Whether anything came that was not asked for. It is thrown away. */
  boolean hasExcess() {
    return excess;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Exception {
    if (awaits) {
      super.decode(context, in, out);
    } else if (in.isReadable()) {
      excess = true;
      in.skipBytes(in.readableBytes());
    }
  }

  @Override
  protected HttpMessage createMessage(String[] initialLine) {
    return new DefaultHttpResponse(
        HttpVersion.valueOf(initialLine[0]),
        HttpResponseStatus.valueOf(Integer.parseInt(initialLine[1]), initialLine[2]),
        HeadersMultiMap.httpHeaders());
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage message) {
    return head || super.isContentAlwaysEmpty(message);
  }
}
