package dev.modelyard.gateway.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.nio.charset.StandardCharsets;

/** A request over HTTP/1.1, written by hand: its head and a small body are one write. */
final class Http1Request implements PodRequest {
  private static final int TYPICAL_HEAD = 512;

  /** A larger body is not copied next to the head. */
  private static final int SMALL = 16 * 1024;

  private static final int CRLF = '\r' << 8 | '\n';
  private static final byte[] VERSION = " HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final CharSequence CHUNKED = HttpHeaders.createOptimized("chunked");

  private final Http1Connection connection;
  private final ChannelHandlerContext context;
  private final HttpMethod method;
  private final String uri;
  private final Listener listener;
  private final HeadersMultiMap headers = HeadersMultiMap.httpHeaders();
  private boolean begun;
  private boolean chunked;
  private boolean sent;
  private Runnable drained;

  /**
   * @param uri path and query, in which no character needs to be encoded
   */
  Http1Request(
      Http1Connection connection,
      ChannelHandlerContext context,
      HttpMethod method,
      String uri,
      Listener listener) {
    this.connection = connection;
    this.context = context;
    this.method = method;
    this.uri = uri;
    this.listener = listener;
  }

  Listener listener() {
    return listener;
  }

  /** Whether all of it is. */
  boolean isSent() {
    return sent;
  }

  void drained() {
    Runnable then = drained;
    drained = null;
    if (then != null) {
      then.run();
    }
  }

  @Override
  public MultiMap headers() {
    return headers;
  }

  @Override
  public void send(Buffer body) {
    if (body != null) {
      headers.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
    } else if (method == HttpMethod.POST
        || method == HttpMethod.PUT
        || method == HttpMethod.PATCH) {
      headers.set(HttpHeaders.CONTENT_LENGTH, "0");
    }
    sent = true;
    if (body == null) {
      flush(head(0));
    } else if (body.length() <= SMALL) {
      flush(head(body.length()).writeBytes(body.getByteBuf()));
    } else {
      write(head(0));
      flush(body.getByteBuf());
    }
  }

  @Override
  public void begin(long length) {
    chunked = length < 0;
    if (chunked) {
      headers.set(HttpHeaders.TRANSFER_ENCODING, CHUNKED);
    } else {
      headers.set(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
    }
    flush(head(0));
  }

  private ByteBuf head(int body) {
    begun = true;
    if (!headers.contains(HttpHeaders.HOST)) {
      // A client of HTTP/1.0 need not say it.
      headers.set(HttpHeaders.HOST, connection.endpoint().toString());
    }
    ByteBuf head = context.alloc().directBuffer(TYPICAL_HEAD + body);
    head.writeCharSequence(method.name(), StandardCharsets.US_ASCII);
    head.writeByte(' ');
    head.writeCharSequence(uri, StandardCharsets.US_ASCII);
    head.writeBytes(VERSION);
    headers.encode(head);
    return head.writeShort(CRLF);
  }

  @Override
  public void write(Buffer part) {
    if (!connection.isCurrent(this) || part.length() == 0) {
      return;
    }
    if (!chunked) {
      flush(part.getByteBuf());
      return;
    }
    ByteBuf size = context.alloc().directBuffer(16);
    size.writeCharSequence(Integer.toHexString(part.length()), StandardCharsets.US_ASCII);
    write(size.writeShort(CRLF));
    write(part.getByteBuf());
    flush(ByteBufUtil.writeAscii(context.alloc(), "\r\n"));
  }

  @Override
  public void end() {
    if (!connection.isCurrent(this)) {
      return;
    }
    sent = true;
    if (chunked) {
      flush(context.alloc().directBuffer(LAST_CHUNK.length).writeBytes(LAST_CHUNK));
    }
  }

  private void write(ByteBuf bytes) {
    context.write(bytes, context.voidPromise());
  }

  private void flush(ByteBuf bytes) {
    context.writeAndFlush(bytes, context.voidPromise());
  }

  @Override
  public boolean isFull() {
    return connection.isCurrent(this) && !context.channel().isWritable();
  }

  @Override
  public void whenDrained(Runnable then) {
    drained = then;
  }

  @Override
  public void pause() {
    autoRead(false);
  }

  @Override
  public void resume() {
    autoRead(true);
  }

  private void autoRead(boolean reads) {
    if (connection.isCurrent(this)) {
      context.channel().config().setAutoRead(reads);
    }
  }

  @Override
  public void cancel() {
    if (connection.isCurrent(this)) {
      connection.cancel(!begun);
    }
  }
}
