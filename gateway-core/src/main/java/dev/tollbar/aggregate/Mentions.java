package dev.tollbar.aggregate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import dev.tollbar.protocol.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for URIs in a result as it passes: resource links, embedded resources. A client may read
 * them next, and they may be in no list. One message, one thread.
 */
final class Mentions {
  private static final JsonFactory JSON = JsonText.factory().build();
  private static final int MOST = 1_000;

  private final JsonParser parser;
  private final ByteArrayFeeder feeder;
  private final List<String> found = new ArrayList<>();
  private boolean inUri;
  private boolean over;

  Mentions() {
    try {
      parser = JSON.createNonBlockingByteArrayParser();
      feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
    } catch (IOException e) {
      throw new IllegalStateException("a parser without input reads nothing that could fail", e);
    }
  }

  /** Every string member {@code uri} of a whole message. */
  static List<String> in(byte[] message) {
    Mentions mentions = new Mentions();
    mentions.feed(message, 0, message.length);
    return mentions.found();
  }

  void feed(byte[] buffer, int from, int to) {
    try {
      if (!over) {
        feeder.feedInput(buffer, from, to);
        read();
      }
    } catch (IOException e) {
      // Whether the message is well-formed is judged elsewhere; what was found so far counts.
      over = true;
    }
  }

  private void read() throws IOException {
    for (JsonToken token = parser.nextToken();
        token != null && token != JsonToken.NOT_AVAILABLE && !over;
        token = parser.nextToken()) {
      if (inUri && token == JsonToken.VALUE_STRING) {
        found.add(parser.getText());
        over = found.size() == MOST;
      }
      inUri = token == JsonToken.FIELD_NAME && parser.currentName().equals("uri");
    }
  }

  List<String> found() {
    return List.copyOf(found);
  }
}
