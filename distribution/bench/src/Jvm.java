import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.regex.*;
import java.util.stream.Stream;

/** What another JVM on this machine uses, asked through jcmd and /proc. */
final class Jvm {
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    final long pid;

    Jvm(long pid) { this.pid = pid; }

    /** Live heap in KB: a full collection and the count in one pause, so that what is allocated meanwhile is not in it. */
    double heapKb() throws Exception {
        Matcher m = TOTAL.matcher(jcmd("GC.class_histogram"));
        if (!m.find()) throw new IOException("jcmd says nothing of the heap of " + pid);
        return Long.parseLong(m.group(1)) / 1024.0;
    }
    private String jcmd(String command) throws Exception {
        Process p = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), command).redirectErrorStream(true).start();
        String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (p.waitFor() != 0) throw new IOException("jcmd " + pid + " " + command + ": " + said.strip());
        return said;
    }
    double rssMb() { return PeerBench.rss(java.util.List.of(pid)); }
    double cpu() { return PeerBench.cpu(java.util.List.of(pid)); }
    long files() throws IOException { try (Stream<Path> s = Files.list(Path.of("/proc/" + pid + "/fd"))) { return s.count(); } }
    long threads() throws IOException {
        for (String l : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) if (l.startsWith("Threads:")) return Long.parseLong(l.replaceAll("[^0-9]", ""));
        return -1;
    }
}
