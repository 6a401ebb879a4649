package dev.tollbar.protocol;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** JSON that the gateway reads and writes while it answers. */
public final class JsonText {
  /** Can write what UTF-8 cannot: lone surrogates. */
  private static final ObjectMapper WRITER =
      new ObjectMapper(factory().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build());

  private JsonText() {}

  /** The text as a JSON string, quotes included. */
  public static String quote(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }

  /** The text of a tree, in ASCII. */
  public static byte[] bytes(JsonNode json) {
    try {
      return WRITER.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that is no JSON", e);
    }
  }

  /**
   * A factory whose buffers go from thread to thread. By default each thread keeps its own, some 16
   * KB, also a virtual one that waits for hours.
   */
  public static JsonFactoryBuilder factory() {
    return new JsonFactoryBuilder().recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool());
  }

  /** A mapper with such buffers. */
  public static ObjectMapper mapper() {
    return new ObjectMapper(factory().build());
  }
}
