package dev.tollbar.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;

/** Writes within the time that the connection's client has to read. */
final class GuardedWriter implements DataWriter {
  private final DataWriter writer;
  private final GuardedConnection connection;

  GuardedWriter(DataWriter writer, GuardedConnection connection) {
    this.writer = writer;
    this.connection = connection;
  }

  @Override
  public void write(BufferData... buffers) {
    connection.write(length(buffers), () -> writer.write(buffers));
  }

  @Override
  public void write(BufferData buffer) {
    connection.write(buffer.available(), () -> writer.write(buffer));
  }

  @Override
  public void writeNow(BufferData... buffers) {
    connection.write(length(buffers), () -> writer.writeNow(buffers));
  }

  @Override
  public void writeNow(BufferData buffer) {
    connection.write(buffer.available(), () -> writer.writeNow(buffer));
  }

  @Override
  public void flush() {
    connection.write(0, writer::flush);
  }

  @Override
  public void close() {
    writer.close();
  }

  private static long length(BufferData... buffers) {
    long length = 0;
    for (BufferData buffer : buffers) {
      length += buffer.available();
    }
    return length;
  }
}
