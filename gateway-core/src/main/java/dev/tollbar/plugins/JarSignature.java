package dev.tollbar.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/**
 * Who signed a jar, all of it. A certificate counts by its fingerprint alone: whom to trust is said
 * in {@code plugins.lock}, so neither its issuer nor its dates are looked at.
 *
 * @param certificates SHA-256 of the certificates that signed every entry, in lower-case hex; empty
 *     if the jar is not signed
 */
record JarSignature(Set<String> certificates) {
  /** What a signature itself is made of cannot be signed by it. */
  private static final Pattern OWN_FILES =
      Pattern.compile("META-INF/([^/]+\\.(SF|RSA|DSA|EC)|SIG-[^/]*|MANIFEST\\.MF)");

  static final JarSignature NONE = new JarSignature(Set.of());

  JarSignature {
    certificates = Collections.unmodifiableSet(new TreeSet<>(certificates));
  }

  /**
   * Reads the whole jar.
   *
   * @throws Refusal if it is signed, and was changed since
   */
  static JarSignature read(Path jar) throws IOException, Refusal {
    try (JarFile file = new JarFile(jar.toFile(), true)) {
      if (file.stream()
          .noneMatch(entry -> entry.getName().toUpperCase(Locale.ROOT).endsWith(".SF"))) {
        return NONE;
      }
      Optional<Set<String>> common = Optional.empty();
      for (JarEntry entry : file.stream().toList()) {
        if (entry.isDirectory()
            || OWN_FILES.matcher(entry.getName().toUpperCase(Locale.ROOT)).matches()) {
          continue;
        }
        Set<String> signers = signers(file, entry);
        if (signers.isEmpty()) {
          throw new Refusal(
              "its signature does not cover "
                  + Quoted.text(entry.getName())
                  + ", which was added later; get the jar from its author again");
        }
        common.ifPresent(signers::retainAll);
        common = Optional.of(signers);
      }
      return new JarSignature(common.orElse(Set.of()));
    } catch (SecurityException e) {
      throw new Refusal(
          "its signature does not fit what is in it; get the jar from its author again", e);
    }
  }

  private static Set<String> signers(JarFile file, JarEntry entry) throws IOException {
    try (InputStream in = file.getInputStream(entry)) {
      in.transferTo(OutputStream.nullOutputStream()); // only what was read to its end is verified
    }
    CodeSigner[] signers = entry.getCodeSigners();
    Set<String> fingerprints = new HashSet<>();
    for (CodeSigner signer : signers == null ? new CodeSigner[0] : signers) {
      List<? extends Certificate> path = signer.getSignerCertPath().getCertificates();
      fingerprints.add(fingerprint(path.getFirst()));
    }
    return fingerprints;
  }

  private static String fingerprint(Certificate certificate) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(certificate.getEncoded()));
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that verified has an encoding", e);
    }
  }
}
