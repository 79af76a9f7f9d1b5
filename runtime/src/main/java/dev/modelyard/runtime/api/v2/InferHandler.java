package dev.modelyard.runtime.api.v2;

import static dev.modelyard.runtime.api.v2.ProtocolException.badRequest;

import dev.modelyard.runtime.inference.BatchingInferenceService;
import dev.modelyard.runtime.inference.InferenceException;
import dev.modelyard.runtime.inference.InferenceTicket;
import dev.modelyard.runtime.inference.LoadedModel;
import dev.modelyard.runtime.inference.Tensor;
import dev.modelyard.runtime.inference.TensorMetadata;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** {@code POST /v2/models/{model}/infer}. */
final class InferHandler {
  static final String HEADER_LENGTH = "Inference-Header-Content-Length";
  private static final Logger LOG = Logger.getLogger(InferHandler.class);

  /** Larger bodies and answers are read and written on a worker thread, not on the event loop. */
  private static final int LARGE = 1 << 20;

  private final Vertx vertx;
  private final BatchingInferenceService service;
  private final ModelIdentity identity;
  private final HttpLimits limits;
  private final MemoryBudget memory;

  InferHandler(
      Vertx vertx, BatchingInferenceService service, ModelIdentity identity, HttpLimits limits) {
    this.vertx = vertx;
    this.service = service;
    this.identity = identity;
    this.limits = limits;
    memory = new MemoryBudget(limits.maxMemoryBytes());
  }

  /** Bytes that requests take which are being received or parsed. */
  long memoryInUse() {
    return memory.used();
  }

  void handle(Exchange exchange) {
    exchange.measure();
    HttpServerRequest request = exchange.request();
    exchange.takeMemoryFrom(memory);
    exchange.response().closeHandler(closed -> exchange.abandoned());
    ContentCoding coding;
    try {
      service.served();
      coding = checkHeaders(exchange);
    } catch (InferenceException e) {
      refuse(exchange, ProtocolException.of(e));
      return;
    } catch (ProtocolException e) {
      refuse(exchange, e);
      return;
    }
    new BodyReader(
            vertx,
            request,
            maxBodyBytes(),
            exchange.memory(),
            limits.requestTimeout().toMillis(),
            (body, length) -> parse(exchange, coding, body, length),
            exchange::error)
        .read();
  }

  private void refuse(Exchange exchange, ProtocolException why) {
    BodyReader.discard(vertx, exchange.request());
    exchange.error(why);
  }

  /** Within what an array can have. */
  private long maxBodyBytes() {
    return Math.min(limits.maxBodyBytes(), Integer.MAX_VALUE - 16);
  }

  private static ContentCoding checkHeaders(Exchange exchange) {
    HttpServerRequest request = exchange.request();
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    if (type != null) {
      String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
      if (!media.equals("application/json") && !media.equals("application/octet-stream")) {
        throw new ProtocolException(
            415,
            "content type '%s' is not supported; send application/json, or application/octet-stream"
                    .formatted(media)
                + " with binary tensors");
      }
    }
    try {
      return ContentCoding.of(request.headers().getAll(HttpHeaders.CONTENT_ENCODING));
    } catch (ProtocolException e) {
      exchange.response().putHeader(HttpHeaders.ACCEPT_ENCODING, ContentCoding.ACCEPTED);
      throw e;
    }
  }

  private void parse(Exchange exchange, ContentCoding coding, byte[] received, int size) {
    offload(
        exchange,
        // A few compressed bytes may become many.
        coding != ContentCoding.IDENTITY || size > LARGE,
        () -> {
          ContentCoding.Body body =
              coding.decode(received, size, maxBodyBytes(), exchange.memory());
          int json = jsonLength(exchange.request(), body.length());
          InferRequest parsed =
              InferRequestParser.parse(body.bytes(), json, body.length(), exchange.memory());
          checkOutputs(service.served(), parsed);
          return parsed;
        },
        parsed -> submit(exchange, parsed));
  }

  private static int jsonLength(HttpServerRequest request, int length) {
    String header = request.getHeader(HEADER_LENGTH);
    if (header == null) {
      return length;
    }
    long announced;
    try {
      announced = Long.parseLong(header.strip());
    } catch (NumberFormatException e) {
      announced = -1;
    }
    if (announced < 0 || announced > length) {
      throw badRequest(
          "%s is '%s'; write the length of the JSON, from 0 to the %d bytes of the body",
          HEADER_LENGTH, Parameters.shortened(header), length);
    }
    return (int) announced;
  }

  private static void checkOutputs(LoadedModel model, InferRequest request) {
    for (InferRequest.Output wanted : request.outputs()) {
      if (model.outputs().stream().noneMatch(output -> output.name().equals(wanted.name()))) {
        throw badRequest(
            "the model has no output '%s'; it gives %s",
            Parameters.shortened(wanted.name()),
            model.outputs().stream()
                .map(TensorMetadata::name)
                .collect(Collectors.joining("', '", "'", "'")));
      }
    }
  }

  private void submit(Exchange exchange, InferRequest parsed) {
    if (exchange.response().closed()) {
      exchange.abandoned();
      return;
    }
    Context context = vertx.getOrCreateContext();
    exchange.promise();
    exchange.memory().close();
    InferenceTicket ticket =
        service.submit(
            parsed.inputs(),
            (outputs, failure) ->
                context.runOnContext(done -> answer(exchange, parsed, outputs, failure)));
    exchange
        .response()
        .closeHandler(
            closed -> {
              ticket.cancel();
              exchange.abandoned();
            });
  }

  private void answer(
      Exchange exchange, InferRequest parsed, List<Tensor> outputs, InferenceException failure) {
    if (failure != null) {
      exchange.error(ProtocolException.of(failure));
      return;
    }
    long size = outputs.stream().mapToLong(Tensor::byteSize).sum();
    offload(
        exchange,
        size > LARGE,
        () -> InferResponseWriter.write(identity.name(), identity.version(), parsed, outputs),
        response -> {
          if (response.jsonLength() < 0) {
            exchange.ok(response.body());
          } else {
            exchange.response().putHeader(HEADER_LENGTH, Integer.toString(response.jsonLength()));
            exchange.answer(200, Exchange.BINARY, response.body());
          }
        });
  }

  /** Runs here, or on a worker thread where it would hold up the other connections. */
  private <T> void offload(Exchange exchange, boolean large, Callable<T> work, Consumer<T> then) {
    if (large) {
      vertx
          .executeBlocking(work, false)
          .onComplete(
              result -> {
                if (result.failed()) {
                  fail(exchange, result.cause());
                } else {
                  guarded(exchange, () -> then.accept(result.result()));
                }
              });
    } else {
      guarded(exchange, () -> then.accept(work.call()));
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  private static void guarded(Exchange exchange, Step step) {
    try {
      step.run();
    } catch (Exception | OutOfMemoryError e) {
      // Without memory too: a request that is never answered holds up its client and a drain.
      fail(exchange, e);
    }
  }

  private static void fail(Exchange exchange, Throwable cause) {
    if (cause instanceof ProtocolException error) {
      exchange.error(error);
    } else if (cause instanceof InferenceException failure) {
      exchange.error(ProtocolException.of(failure));
    } else {
      LOG.error("A request could not be answered", cause);
      exchange.error(new ProtocolException(500, "the server failed: " + cause));
    }
  }
}
