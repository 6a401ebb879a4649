package dev.tollbar.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The schema of decision records that ships in the archive. */
public final class RecordSchema {
  private static final Schema SCHEMA = load();

  private RecordSchema() {}

  private static Schema load() {
    try {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(Files.readString(Path.of("../distribution/docs/records.schema.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Checks every line of the records in a folder, if it has any. */
  public static void checkFolder(Path data) throws IOException {
    for (Path file : ChainCheck.filesOf(data)) {
      check(Files.readAllLines(file));
    }
  }

  static void check(List<String> lines) {
    for (String line : lines) {
      assertThat(SCHEMA.validate(line, InputFormat.JSON)).as(line).isEmpty();
    }
  }

  static boolean takes(String line) {
    return SCHEMA.validate(line, InputFormat.JSON).isEmpty();
  }
}
