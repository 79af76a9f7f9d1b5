package dev.modelyard.gateway.proxy;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/**
 * One request on its way to one pod, whatever the protocol. It is used on its event loop alone.
 * Once the answer has ended or failed, calls do nothing.
 */
interface PodRequest {

  /** What comes of it. */
  interface Listener {
    /** There is a connection: the request is to be sent. */
    void connected(PodRequest request);

    /** No connection could be made; nothing was sent. */
    void unreachable();

    /** The answer begins. An answer of 1xx is not told. */
    void head(int status, MultiMap headers);

    /** A part of the answer's body. A few may still come after {@link #pause}. */
    void part(Buffer part);

    void end(MultiMap trailers);

    /**
     * The connection broke, or what came is no HTTP. Nothing else follows.
     *
     * @param refused whether the pod has said that it did not begin with it
     */
    void failed(boolean refused);
  }

  /** To be filled before anything is sent. The framing is not theirs. */
  MultiMap headers();

  /**
   * Sends all of it.
   *
   * @param body null where there is none
   */
  void send(Buffer body);

  /**
   * Sends the head of a request whose body follows with {@link #write} and {@link #end}.
   *
   * @param length of the body in bytes, negative where it is not known
   */
  void begin(long length);

  void write(Buffer part);

  void end();

  /** Whether more is written than the pod takes now. */
  boolean isFull();

  /** Calls it once, when {@link #isFull} ends. */
  void whenDrained(Runnable drained);

  /** The answer's body is to wait. */
  void pause();

  void resume();

  /** Nobody waits for the answer any more. */
  void cancel();
}
