import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.regex.*;
import java.util.stream.Stream;

/** What another JVM on this machine uses, asked through jcmd and /proc. */
final class Jvm {
    private static final Pattern USED = Pattern.compile("(?m)^\\s*(?:DefNew|Tenured|def new generation|tenured generation|garbage-first heap|PSYoungGen|ParOldGen|ZHeap|Shenandoah Heap)\\b.*?\\bused (\\d+)([KM])");
    final long pid;

    Jvm(long pid) { this.pid = pid; }

    /** Live heap in KB: what is used after full collections. */
    double heapKb() throws Exception {
        jcmd("GC.run");
        jcmd("GC.run"); // what the first one found unreachable by finalizers and cleaners
        Matcher m = USED.matcher(jcmd("GC.heap_info"));
        double kb = 0;
        boolean found = false;
        while (m.find()) { found = true; kb += Double.parseDouble(m.group(1)) * (m.group(2).equals("M") ? 1024 : 1); }
        if (!found) throw new IOException("jcmd says nothing of the heap of " + pid);
        return kb;
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
