import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;

/**
 * A stdio child behind the gateway beside the same child driven by pipes, in turn. As many children as callers in both:
 * the gateway starts one for each session.
 *
 *   Pipes GATEWAY_URL HEADERS OUT rounds callers,callers seconds warm COMMAND ARGS...
 */
public final class Pipes {
    /** One child, and one call at a time. */
    static final class Child implements AutoCloseable {
        final Process p;
        final BufferedReader in;
        final OutputStream out;
        long calls;

        Child(List<String> command) throws IOException {
            p = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            in = new BufferedReader(new InputStreamReader(p.getInputStream(), StandardCharsets.UTF_8));
            out = p.getOutputStream();
            ask(PeerBench.Load.init(1), "\"id\":1,");
            say(PeerBench.Load.INITIALIZED);
        }
        void say(String line) throws IOException { out.write((line + "\n").getBytes(StandardCharsets.UTF_8)); out.flush(); }
        void ask(String line, String wanted) throws IOException {
            say(line);
            String answer = in.readLine();
            if (answer == null || !answer.contains(wanted)) throw new IOException("the child answered " + answer);
        }
        void run(long ns) throws IOException {
            long end = System.nanoTime() + ns;
            for (calls = 0; System.nanoTime() < end; calls++) {
                String text = "p" + calls + "-" + PeerBench.PAD;
                ask("{\"jsonrpc\":\"2.0\",\"id\":" + (calls + 2) + ",\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"arguments\":{\"text\":\"" + text + "\"}}}", "\"text\":\"" + text + "\"");
            }
        }
        @Override public void close() { p.destroy(); }
    }

    static double direct(List<String> command, int callers, double seconds, double warm) throws Exception {
        List<Child> children = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
            for (int i = 0; i < callers; i++) children.add(new Child(command));
            for (double s : new double[]{warm, seconds}) {
                List<Future<?>> all = new ArrayList<>();
                for (Child c : children) all.add(threads.submit(() -> { c.run((long) (s * 1e9)); return null; }));
                for (Future<?> f : all) f.get();
            }
            return children.stream().mapToLong(c -> c.calls).sum() / seconds;
        } finally {
            children.forEach(Child::close);
        }
    }

    static double gateway(String url, String headers, int callers, double seconds, double warm) throws IOException {
        PeerBench.Load l = new PeerBench.Load(url, headers);
        try {
            l.open(callers, 8, 90_000);
            l.run((long) (warm * 1e9), Long.MAX_VALUE);
            l.recording = true;
            long w0 = System.nanoTime();
            PeerBench.runOn(l, (long) (seconds * 1e9));
            double wall = (System.nanoTime() - w0) / 1e9;
            l.recording = false;
            l.drain(2000);
            if (l.err > 0) throw new IOException(l.err + " errors: " + l.errors + " " + l.errText);
            return l.ok / wall;
        } finally {
            l.closeAll();
        }
    }

    public static void main(String[] a) throws Exception {
        List<String> command = List.of(a).subList(7, a.length);
        double seconds = Double.parseDouble(a[5]), warm = Double.parseDouble(a[6]);
        for (int r = 0; r <= Integer.parseInt(a[3]); r++)
            for (String n : a[4].split(",")) {
                int callers = Integer.parseInt(n);
                // Round 0 warms both up, the gateway for longer.
                double g = gateway(a[0], a[1], callers, r == 0 ? 2 * seconds : seconds, warm), d = direct(command, callers, seconds, warm);
                System.err.printf(Locale.ROOT, "stdio   r%d %d callers: pipes %.0f/s, gateway %.0f/s%n", r, callers, d, g);
                if (r > 0) Streams.write(a[2], new LinkedHashMap<>(Map.of("round", r, "callers", callers, "direct", d, "gateway", g)));
            }
    }
}
