package dev.tollbar.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Looks at a jar as if it were to be loaded, and does not load it. */
final class Inspector {
  private Inspector() {}

  static PluginInspection inspect(Path jar, Path privateFolder, PluginApi api, PluginLock lock)
      throws IOException {
    String file = jar.getFileName().toString();
    Path copy = Files.createTempFile(privateFolder, "inspected", ".jar");
    try {
      String sha256 = JarCopy.make(jar, copy);
      PluginManifest manifest = PluginManifest.read(copy, api);
      if (!manifest.problems().isEmpty()) {
        return wrong(file, String.join("; ", manifest.problems()));
      }
      JarSignature signature = JarSignature.read(copy);
      PluginLock.Entry entry =
          lock.entry(
              manifest.id().orElseThrow(), manifest.version().orElseThrow(), sha256, signature);
      return new PluginInspection(
          file, Optional.of(entry), Optional.empty(), lock.difference(entry, signature));
    } catch (Refusal e) {
      return wrong(file, e.why());
    } catch (IOException e) {
      return wrong(file, JarCopy.unreadable(e).why());
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  private static PluginInspection wrong(String file, String why) {
    return new PluginInspection(file, Optional.empty(), Optional.of(why), Optional.empty());
  }
}
