import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Streams of events through the gateway beside the same upstream reached directly, and what they cost the gateway's memory.
 *
 *   Streams DIRECT_URL GATEWAY_URL HEADERS GATEWAY_PID OUT rounds events slowSeconds
 *
 * The upstream writes the time into each event; both processes read the same clock.
 */
public final class Streams {
    static final int BURST = 10_000, BIG = 10 * 1024 * 1024, SLOW = 8;
    final String direct, gateway, headers;
    final Jvm jvm;
    final Map<String, Object> result = new LinkedHashMap<>();

    Streams(String direct, String gateway, String headers, Jvm jvm) {
        this.direct = direct; this.gateway = gateway; this.headers = headers; this.jvm = jvm;
    }

    static String call(String tool, String args) {
        return "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool + "\",\"arguments\":" + args + ",\"_meta\":{\"progressToken\":7}}}";
    }

    /** Delays of the events of one call in ns; fails when one is missing, out of order, or the result does not come. */
    long[] delays(String url, int count, int gapUs, int bytes) throws IOException {
        try (Wire w = new Wire(url, headers, 0)) {
            w.open();
            w.send("POST", call("events", "{\"count\":" + count + ",\"gapUs\":" + gapUs + ",\"bytes\":" + bytes + "}"));
            if (w.status != 200) throw new IOException("HTTP " + w.status + " " + new String(w.body(), StandardCharsets.UTF_8));
            long[] d = new long[count];
            int seen = 0;
            boolean done = false;
            InputStream in = w.events();
            for (String l = StreamUpstream.line(in); l != null; l = StreamUpstream.line(in)) {
                if (!l.startsWith("data:")) continue;
                long now = System.nanoTime();
                byte[] b = l.substring(5).getBytes(StandardCharsets.ISO_8859_1);
                Json j = new Json(b, 0, b.length);
                if (!j.object()) throw new IOException("no JSON: " + l.substring(0, Math.min(100, l.length())));
                Json p = j.sub("params");
                if (p == null) { done = j.sub("result") != null && "7".equals(j.raw("id")); continue; }
                if (!Integer.toString(seen + 1).equals(p.raw("progress"))) throw new IOException("event " + (seen + 1) + " expected, found " + p.raw("progress"));
                String m = p.str("message");
                d[seen++] = now - Long.parseLong(m.substring(0, m.length() - bytes));
            }
            if (seen != count || !done) throw new IOException(seen + " of " + count + " events, result " + done);
            return d;
        }
    }

    void delay(int rounds, int events) throws IOException {
        List<Double> added = new ArrayList<>(), d50 = new ArrayList<>(), g50 = new ArrayList<>(), d99 = new ArrayList<>(), g99 = new ArrayList<>();
        for (int r = 0; r <= rounds; r++) {
            long[] d = delays(direct, events, 1000, 0), g = delays(gateway, events, 1000, 0);
            if (r == 0) continue; // warm-up
            d50.add(us(d, .5)); g50.add(us(g, .5)); d99.add(us(d, .99)); g99.add(us(g, .99));
            added.add(us(g, .5) - us(d, .5));
            System.err.printf(Locale.ROOT, "streams r%d  %d events, one each ms: p50 direct %.0f us, gateway %.0f us%n", r, events, us(d, .5), us(g, .5));
        }
        result.put("directP50us", median(d50)); result.put("gatewayP50us", median(g50));
        result.put("directP99us", median(d99)); result.put("gatewayP99us", median(g99));
        result.put("addedP50us", median(added));
    }

    void burst(int rounds) throws Exception {
        delays(gateway, BURST, 0, 200);
        double before = jvm.heapKb();
        List<Double> d = new ArrayList<>(), g = new ArrayList<>();
        for (int r = 0; r < rounds; r++) { d.add(ms(() -> delays(direct, BURST, 0, 200))); g.add(ms(() -> delays(gateway, BURST, 0, 200))); }
        result.put("burstDirectMs", median(d)); result.put("burstGatewayMs", median(g));
        result.put("burstHeapGrowthKb", jvm.heapKb() - before);
        System.err.printf(Locale.ROOT, "streams %d events at once: direct %.0f ms, gateway %.0f ms%n", BURST, median(d), median(g));
    }

    byte[] big(String url) throws IOException {
        try (Wire w = new Wire(url, headers, 0)) {
            w.open();
            w.send("POST", call("big", "{\"bytes\":" + BIG + "}"));
            byte[] b = w.body();
            if (w.status != 200 || b.length < BIG) throw new IOException("HTTP " + w.status + ", " + b.length + " bytes");
            return b;
        }
    }
    void bigResult(int rounds) throws Exception {
        if (!Arrays.equals(big(direct), big(gateway))) throw new IOException("the large result differs");
        double before = jvm.heapKb();
        List<Double> d = new ArrayList<>(), g = new ArrayList<>();
        for (int r = 0; r < rounds; r++) { d.add(ms(() -> big(direct))); g.add(ms(() -> big(gateway))); }
        result.put("bigDirectMs", median(d)); result.put("bigGatewayMs", median(g));
        result.put("bigHeapGrowthKb", jvm.heapKb() - before);
        System.err.printf(Locale.ROOT, "streams 10 MB result: direct %.0f ms, gateway %.0f ms%n", median(d), median(g));
    }

    /** Clients that read 20 KB a second of a stream that the upstream would write at once: whose memory fills? */
    void slowReaders(int seconds) throws Exception {
        double before = jvm.heapKb(), rss = jvm.rssMb();
        long sent = stats("sent");
        AtomicBoolean ending = new AtomicBoolean();
        AtomicLong read = new AtomicLong();
        List<Thread> readers = new ArrayList<>();
        List<String> failed = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < SLOW; i++) readers.add(Thread.ofVirtual().start(() -> {
            try (Wire w = new Wire(gateway, headers, 16_384)) {
                w.open();
                w.send("POST", call("events", "{\"count\":100000,\"gapUs\":0,\"bytes\":2000}"));
                byte[] b = new byte[2048];
                while (!ending.get()) { int n = w.read(b, 0, b.length); if (n < 0) throw new IOException("ended early"); read.addAndGet(n); Thread.sleep(100); }
            } catch (IOException | InterruptedException e) { if (!ending.get()) failed.add(e.toString()); }
        }));
        Thread.sleep(seconds * 1000L);
        double during = jvm.heapKb(), rssDuring = jvm.rssMb();
        long behind = stats("sent") - sent - read.get();
        if (!failed.isEmpty()) throw new IOException("slow reader: " + failed);
        ending.set(true);
        for (Thread t : readers) t.join();
        Thread.sleep(2000);
        double after = jvm.heapKb();
        result.put("slowReaders", SLOW); result.put("slowSeconds", seconds);
        result.put("slowHeapBeforeKb", before); result.put("slowHeapDuringKb", during); result.put("slowHeapAfterKb", after);
        result.put("slowRssBeforeMb", rss); result.put("slowRssDuringMb", rssDuring);
        result.put("slowBehindKb", behind / 1024.0);
        System.err.printf(Locale.ROOT, "streams %d slow readers: gateway heap %.1f MB before, %.1f during, %.1f after; under way to them %.1f MB, kernel buffers included%n",
                SLOW, before / 1024, during / 1024, after / 1024, behind / 1048576.0);
    }
    long stats(String name) throws IOException {
        try (Wire w = new Wire(direct.replaceAll("/mcp.*", "/stats"), "-", 0)) {
            w.send("GET", null);
            byte[] b = w.body();
            Json j = new Json(b, 0, b.length);
            return j.object() ? Long.parseLong(j.raw(name)) : -1;
        }
    }

    interface Work { Object run() throws IOException; }
    static double ms(Work w) throws IOException { long s = System.nanoTime(); w.run(); return (System.nanoTime() - s) / 1e6; }
    static double us(long[] v, double q) { long[] s = v.clone(); Arrays.sort(s); return s[(int) Math.ceil(q * s.length) - 1] / 1000.0; }
    static double median(List<Double> v) { List<Double> s = v.stream().sorted().toList(); int n = s.size(); return n % 2 == 1 ? s.get(n / 2) : (s.get(n / 2 - 1) + s.get(n / 2)) / 2; }

    static void write(String file, Map<String, ?> result) throws IOException {
        StringJoiner j = new StringJoiner(",", "{", "}\n");
        result.forEach((k, v) -> j.add("\"" + k + "\":" + (v instanceof Double d ? String.format(Locale.ROOT, "%.2f", d) : v)));
        Files.writeString(Path.of(file), j.toString(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    public static void main(String[] a) throws Exception {
        Streams s = new Streams(a[0], a[1], a[2], new Jvm(Long.parseLong(a[3])));
        int rounds = Integer.parseInt(a[5]);
        s.delay(rounds, Integer.parseInt(a[6]));
        s.burst(rounds);
        s.bigResult(rounds);
        s.slowReaders(Integer.parseInt(a[7]));
        write(a[4], s.result);
    }
}
