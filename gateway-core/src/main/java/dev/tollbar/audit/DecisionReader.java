package dev.tollbar.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Streams decision records, oldest first, out of one file or out of a data folder with its rotated
 * files. Works while a gateway writes: it ends where the log ended when it got there, and leaves
 * out a last line that is not complete. It checks no chain.
 *
 * <p>Holds one line in memory. One thread; close it.
 */
public final class DecisionReader implements AutoCloseable {
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build()
          .reader();

  /**
   * One decision.
   *
   * @param file the file that it stands in
   * @param line where in the file, from 1; 0 if that is not known
   * @param time when the call arrived
   * @param json the record, as {@code docs/records.md} describes it; numbers are exact
   */
  public record Entry(Path file, long line, Instant time, ObjectNode json) {

    /** Where it stands, for messages: {@code decisions.jsonl:12}. */
    public String place() {
      return DecisionReader.place(file, line);
    }

    /** A member that is a text, such as {@code "tool"}; empty if the record has none. */
    public Optional<String> text(String member) {
      return Optional.ofNullable(json.get(member))
          .filter(JsonNode::isTextual)
          .map(JsonNode::textValue);
    }
  }

  private final Deque<DecisionFiles.OpenFile> files;
  private final boolean events;
  private long line;

  private DecisionReader(List<DecisionFiles.OpenFile> files, boolean events) {
    this.files = new ArrayDeque<>(files);
    this.events = events;
  }

  /**
   * Begins to read decisions. What the log says about itself is left out.
   *
   * @param fileOrFolder a file of records, or a data folder; a folder without records has none
   * @throws IOException when there is no such file or folder, or it cannot be read
   */
  public static DecisionReader open(Path fileOrFolder) throws IOException {
    return open(fileOrFolder, false);
  }

  /**
   * As {@link #open(Path)}.
   *
   * @param events whether lines that are no decisions are wanted, too: they say {@code "event"}
   *     where others say {@code "decision"}
   */
  public static DecisionReader open(Path fileOrFolder, boolean events) throws IOException {
    if (Files.isDirectory(fileOrFolder)) {
      return new DecisionReader(DecisionFiles.open(fileOrFolder), events);
    }
    if (!Files.exists(fileOrFolder)) {
      throw new NoSuchFileException(fileOrFolder.toString());
    }
    DecisionFiles.OpenFile file = new DecisionFiles.OpenFile(fileOrFolder);
    file.lines();
    return new DecisionReader(List.of(file), events);
  }

  /**
   * The next decision; empty at the end.
   *
   * @throws MalformedRecordException when a line is no record; reading may go on after it
   * @throws IOException when a file cannot be read
   */
  public Optional<Entry> next() throws IOException {
    while (!files.isEmpty()) {
      DecisionFiles.OpenFile file = files.getFirst();
      byte[] bytes = file.lines().next();
      if (bytes == null) {
        file.close();
        files.removeFirst();
        line = 0;
        continue;
      }
      line++;
      if (!file.lines().complete() && files.size() == 1) {
        continue; // it is being written, or its writer was killed
      }
      Entry entry = entry(file.path(), line, bytes);
      if (events || entry.json().has("decision")) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  static Entry entry(Path file, long line, byte[] bytes) throws MalformedRecordException {
    ObjectNode json;
    try {
      if (!(JSON.readTree(bytes) instanceof ObjectNode object)) {
        throw malformed(file, line, "something else");
      }
      json = object;
    } catch (JsonProcessingException e) {
      throw malformed(file, line, "no JSON");
    } catch (MalformedRecordException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("read from memory", e);
    }
    JsonNode time = json.path("time");
    try {
      return new Entry(file, line, Instant.parse(time.asText()), json);
    } catch (DateTimeParseException e) {
      throw malformed(file, line, time.isMissingNode() ? "no \"time\"" : "a \"time\" that is none");
    }
  }

  private static MalformedRecordException malformed(Path file, long line, String found) {
    return new MalformedRecordException(
        place(file, line) + ": expected a decision record; found " + found);
  }

  static String place(Path file, long line) {
    return file.getFileName() + ":" + line;
  }

  @Override
  public void close() throws IOException {
    for (DecisionFiles.OpenFile file : files) {
      file.close();
    }
  }
}
