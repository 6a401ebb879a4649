package dev.tollbar.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the admin API of the gateway on a data folder is: a file in the folder says it while one
 * runs. Of several gateways on one folder it is the one that started last.
 */
final class AdminAddress implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminAddress.class);
  private static final String NAME = "admin.url";

  private final Path file;
  private final String url;

  private AdminAddress(Path file, String url) {
    this.file = file;
    this.url = url;
  }

  /** Says it until it is closed. A gateway that cannot serves all the same. */
  static AdminAddress say(Path data, String url) {
    Path file = data.resolve(NAME);
    try {
      Files.writeString(file, url + "\n");
    } catch (IOException e) {
      LOG.warn("{} cannot be written: commands have to name the admin port", file);
    }
    return new AdminAddress(file, url);
  }

  /** The address, if a gateway runs on the folder. */
  static Optional<String> find(Path data) {
    try {
      Path file = data.resolve(NAME);
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      String url = Files.readString(file).strip();
      Optional<GatewayLock> none = GatewayLock.alone(data);
      if (none.isPresent()) {
        none.get().close(); // one was killed, and its file is left
        return Optional.empty();
      }
      return Optional.of(url);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    try {
      if (Files.exists(file) && Files.readString(file).strip().equals(url)) {
        Files.delete(file);
      }
    } catch (IOException e) {
      LOG.warn("{} cannot be deleted", file);
    }
  }
}
