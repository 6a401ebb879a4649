import java.io.*;
import java.nio.ByteBuffer;
import java.util.*;
import java.util.concurrent.*;

/**
 * Sessions with an open GET stream that says nothing.
 *
 *   Idle GATEWAY_URL HEADERS GATEWAY_PID UPSTREAM_URL OUT sessions seconds
 */
public final class Idle {
    static final int FIRST = 20; // opened before anything is measured: classes, pools

    static Wire open(String url, String headers) throws IOException {
        Wire w = new Wire(url, headers, 0);
        w.open();
        w.send("GET", null);
        if (w.status != 200) throw new IOException("GET stream: HTTP " + w.status);
        return w;
    }

    public static void main(String[] a) throws Exception {
        String url = a[0], headers = a[1];
        Jvm jvm = new Jvm(Long.parseLong(a[2]));
        Streams upstream = new Streams(a[3], url, headers, jvm);
        int sessions = Integer.parseInt(a[5]), seconds = Integer.parseInt(a[6]);
        List<Wire> open = Collections.synchronizedList(new ArrayList<>());
        Map<String, Object> r = new LinkedHashMap<>();
        for (int i = 0; i < FIRST; i++) open.add(open(url, headers));
        awaitStreams(upstream, FIRST);
        double heap0 = jvm.heapKb(), rss0 = jvm.rssMb();
        long start = System.nanoTime();
        try (ExecutorService eight = Executors.newFixedThreadPool(8)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < sessions; i++) all.add(eight.submit(() -> open.add(open(url, headers))));
            try {
                for (Future<?> f : all) f.get();
            } catch (ExecutionException e) {
                eight.shutdownNow();
                throw new IOException("after " + open.size() + " sessions: " + e.getCause());
            }
        }
        double took = (System.nanoTime() - start) / 1e9;
        long streams = awaitStreams(upstream, sessions + FIRST);
        System.err.printf(Locale.ROOT, "idle    %d sessions open after %.1f s; the upstream holds %d streams%n", open.size(), took, streams);
        double heap1 = jvm.heapKb(), rss1 = jvm.rssMb();
        Thread.sleep(2000);
        double cpu0 = jvm.cpu();
        long w0 = System.nanoTime();
        Thread.sleep(seconds * 1000L);
        double cpu = (jvm.cpu() - cpu0) / ((System.nanoTime() - w0) / 1e9);
        int lost = 0;
        ByteBuffer b = ByteBuffer.allocate(4096);
        for (Wire w : open) {
            w.ch.configureBlocking(false);
            int n;
            do { b.clear(); n = w.ch.read(b); } while (n > 0);
            if (n < 0) lost++;
        }
        r.put("sessions", sessions); r.put("upstreamStreams", streams); r.put("openSeconds", took); r.put("lost", lost);
        r.put("heapBeforeKb", heap0); r.put("heapKb", heap1); r.put("heapPerSessionKb", (heap1 - heap0) / sessions);
        r.put("rssBeforeMb", rss0); r.put("rssMb", rss1); r.put("rssPerSessionKb", (rss1 - rss0) * 1024 / sessions);
        r.put("seconds", seconds); r.put("cpuPercent", cpu * 100);
        Streams.write(a[4], r);
        System.err.printf(Locale.ROOT, "idle    each: %.1f KB heap, %.1f KB RSS; %.2f %% of a core; %d streams lost%n", (heap1 - heap0) / sessions, (rss1 - rss0) * 1024 / sessions, cpu * 100, lost);
        for (Wire w : open) w.close();
    }

    /** The gateway opens its stream to the server after it has answered: waits until all are there, at most a minute. */
    static long awaitStreams(Streams upstream, int wanted) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L, n;
        while ((n = upstream.stats("streams")) < wanted && System.nanoTime() < end) Thread.sleep(200);
        return n;
    }
}
