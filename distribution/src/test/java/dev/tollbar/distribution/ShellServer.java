package dev.tollbar.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A server that starts at once: {@code sh server.sh}. Every tool answers {@code done}. */
final class ShellServer {
  private static final String SERVER =
      """
      while IFS= read -r line; do
        id=${line#*'"id":'}; id=${id%%,*}
        case "$line" in
          *'"initialize"'*)
            printf '{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"}}}\\n' "$id";;
          *'"tools/call"'*)
            printf '{"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":"done"}]}}\\n' "$id";;
        esac
      done
      """;

  private ShellServer() {}

  /** Writes {@code server.sh} into a folder. */
  static Path write(Path folder) throws IOException {
    return Files.writeString(folder.resolve("server.sh"), SERVER);
  }
}
