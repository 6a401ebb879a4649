package dev.tollbar.pipeline;

import dev.tollbar.api.EventStream.Event;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalLong;

/**
 * The way back to one client, for one message. One thread writes. Exactly one of the methods but
 * {@link #session} and {@link #challenge} is called, once; all throw an IOException when the client
 * is gone.
 */
public interface ClientReply {

  /** Names the session that was opened. Called before anything else. */
  void session(String id);

  /** Tells the client how to authenticate. Called before a refusal is sent. */
  void challenge(String challenge);

  /** The message was taken; there is nothing to say. */
  void accepted() throws IOException;

  /** A refusal or another answer without a stream. */
  void send(int status, byte[] json) throws IOException;

  /** One JSON message as it arrives. The caller closes the stream when the message was complete. */
  OutputStream json(int status, OptionalLong length) throws IOException;

  /** A stream of events. */
  Events events() throws IOException;

  /** Events on their way to the client. One thread at a time writes. */
  interface Events extends Closeable {

    /** Sends one event, at once. */
    void write(Event event) throws IOException;

    /** Ends the stream as complete. */
    @Override
    void close() throws IOException;
  }
}
