import java.io.IOException;
import java.util.*;

/**
 * A long run at a part of what the gateway can do, and what it uses meanwhile.
 *
 *   Soak GATEWAY_URL HEADERS GATEWAY_PID OUT conns seconds part
 *
 * First the calls a second at full load are measured, after a warm-up; then that part of them is sent, evenly. Heap is read between
 * slices, outside of the measured time: reading it is a full collection.
 */
public final class Soak {
    /** Calls begin at fixed times, not when the one before has ended. */
    static final class Paced extends PeerBench.Load {
        final ArrayDeque<PeerBench.Conn> free = new ArrayDeque<>();
        boolean paced;
        long late; // moments at which every connection was busy for more than 100 ms

        Paced(String url, String headers) throws IOException { super(url, headers); }

        @Override void next(PeerBench.Conn c) throws IOException { if (paced) free.add(c); else super.next(c); }

        void pace(double rate, long ns) throws IOException {
            long gap = (long) (1e9 / rate), now = System.nanoTime(), end = now + ns, due = now;
            while ((now = System.nanoTime()) < end) {
                while (due <= now && !free.isEmpty()) { call(free.poll()); due += gap; }
                if (now - due > 100_000_000L) { late++; due = now; }
                pump(1);
            }
        }
    }

    public static void main(String[] a) throws Exception {
        Jvm jvm = new Jvm(Long.parseLong(a[2]));
        int conns = Integer.parseInt(a[4]), seconds = Integer.parseInt(a[5]);
        int slice = Math.max(1, Math.min(60, seconds / 9)); // by the minute, and at least three in each third
        double warm = Math.min(60, Math.max(3, seconds / 10.0)), full = Math.min(10, Math.max(2, seconds / 20.0));
        Paced l = new Paced(a[0], a[1]);
        l.open(conns, 8, 90_000);
        l.run((long) (warm * 1e9), Long.MAX_VALUE);
        l.recording = true;
        PeerBench.runOn(l, (long) (full * 1e9));
        double rate = l.ok / full * Double.parseDouble(a[6]);
        l.recording = false;
        l.paced = true;
        System.err.printf(Locale.ROOT, "soak    full load %.0f/s; sending %.0f/s for %d s%n", l.ok / full, rate, seconds);
        l.pace(rate, 2_000_000_000L);
        jvm.heapKb(); // starts the thread that answers jcmd, before threads are counted
        for (int i = 1; i <= seconds / slice; i++) {
            l.hist = new PeerBench.Hist();
            l.ok = l.err = l.late = 0;
            l.pace(rate, 200_000_000L); // what waited during the last collection
            l.recording = true;
            l.pace(rate, slice * 1_000_000_000L);
            l.recording = false;
            Map<String, Object> r = new LinkedHashMap<>();
            r.put("slice", i); r.put("seconds", slice); r.put("rate", rate); r.put("ok", l.ok); r.put("err", l.err); r.put("late", l.late);
            r.put("p50us", PeerBench.nz(l.hist.us(.5))); r.put("p99us", PeerBench.nz(l.hist.us(.99)));
            r.put("threads", jvm.threads()); r.put("files", jvm.files()); r.put("rssMb", jvm.rssMb()); r.put("heapKb", jvm.heapKb());
            Streams.write(a[3], r);
            System.err.printf(Locale.ROOT, "soak    %d of %d: %.0f/s p99 %.0f us, heap %.1f MB, RSS %.0f MB, threads %s, files %s, errors %d%n", i, seconds / slice,
                    (double) l.ok / slice, PeerBench.nz(l.hist.us(.99)), (Double) r.get("heapKb") / 1024, (Double) r.get("rssMb"), r.get("threads"), r.get("files"), l.err);
        }
        l.drain(2000);
        l.closeAll();
    }
}
