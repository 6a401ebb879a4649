package dev.tollbar.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Copies jars: only a copy stays as it was when it was looked at. */
final class JarCopy {
  private JarCopy() {}

  /** Gives the SHA-256 of what was copied, in lower-case hex. */
  static String make(Path jar, Path copy) throws IOException {
    MessageDigest sha256 = sha256();
    try (InputStream in = Files.newInputStream(jar);
        OutputStream out = new DigestOutputStream(Files.newOutputStream(copy), sha256)) {
      in.transferTo(out);
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static Refusal unreadable(IOException e) {
    return new Refusal("it cannot be read (" + reason(e) + ")", e);
  }

  private static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "no such file";
      default -> Quoted.plain(String.valueOf(e.getMessage()));
    };
  }
}
