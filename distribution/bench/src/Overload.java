import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;

/**
 * Offers a gateway from half to three times what its server can take, and draws what becomes of the calls.
 *
 *   java Overload.java TOLLBAR OUT.svg [SECONDS]      TOLLBAR: the launcher; SECONDS: how long each load is offered
 *
 * The server takes DELAY for a call, and the document lets it have CALLS at once: its capacity is CALLS / DELAY, whatever
 * the machine. Load is open: calls are due at fixed times, and the time of a call counts from when it was due, also while
 * it waits for a connection of the client. Beside the load one client calls another server of the same gateway, one call
 * after the other.
 */
public final class Overload {
    static final int CALLS = 20, WAITING = 20, CONNECTIONS = 400;
    static final long DELAY_MS = 50;
    static final double CAPACITY = CALLS * 1000.0 / DELAY_MS;
    static final double[] FACTORS = {0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2, 2.5, 3};

    record Row(double factor, double admitted, double shed, double failed, double p50, double p99, double shedP99, double other99) {}

    public static void main(String[] a) throws Exception {
        int seconds = a.length > 2 ? Integer.parseInt(a[2]) : 5;
        HttpServer http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 1000);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/slow", e -> serve(e, DELAY_MS));
        http.createContext("/fast", e -> serve(e, 0));
        http.start();
        String upstream = "http://127.0.0.1:" + http.getAddress().getPort();
        Path work = Files.createTempDirectory("tollbar-overload");
        Path document = work.resolve("gateway.yaml");
        Files.writeString(document, """
            version: "2"
            servers:
              slow:
                transport: { streamable_http: { url: "%1$s/slow" } }
                capacity: { calls: %2$d, waiting: %3$d, max_wait: 500ms }
              fast:
                transport: { streamable_http: { url: "%1$s/fast" } }
            policies:
              open: { default: allow, tools: {} }
            """.formatted(upstream, CALLS, WAITING));
        Process gateway = new ProcessBuilder(a[0], "serve", "--document", document.toString(), "--port", "0", "--admin-port", "0", "--data", work.resolve("data").toString())
            .redirectError(work.resolve("log.txt").toFile()).start();
        try {
            int port = port(gateway);
            String slow = session(port, "slow"), fast = session(port, "fast");
            offer(port, slow, fast, 0.5, 5); // warm
            offer(port, slow, fast, 3, 3);
            List<Row> rows = new ArrayList<>();
            System.out.println("| offered | admitted/s | shed/s | failed/s | p50 ms | p99 ms | p99 of refusals ms | p99 at the other server ms |\n| --- | --- | --- | --- | --- | --- | --- | --- |");
            for (double factor : FACTORS) {
                Row r = offer(port, slow, fast, factor, seconds);
                rows.add(r);
                System.out.printf(Locale.ROOT, "| %.2f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.1f |%n", factor, r.admitted, r.shed, r.failed, r.p50, r.p99, r.shedP99, r.other99);
            }
            Row after = offer(port, slow, fast, 0.5, seconds);
            System.out.printf(Locale.ROOT, "%nright after, at 0.5: %.0f admitted, %.0f shed, p99 %.0f ms%n", after.admitted, after.shed, after.p99);
            Files.writeString(Path.of(a[1]), svg(rows));
        } finally {
            gateway.destroy();
            gateway.waitFor();
            http.stop(0);
        }
        System.exit(0);
    }

    static void serve(HttpExchange e, long delay) throws IOException {
        try (e) {
            String body = new String(e.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int at = body.indexOf("\"id\":");
            if (!e.getRequestMethod().equals("POST")) { e.sendResponseHeaders(405, -1); return; }
            if (at < 0) { e.sendResponseHeaders(202, -1); return; }
            String id = body.substring(at + 5).split("[,}]")[0];
            String result = "{\"content\":[{\"type\":\"text\",\"text\":\"done\"}]}";
            if (body.contains("\"initialize\"")) result = "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},\"serverInfo\":{\"name\":\"slow\",\"version\":\"1\"}}";
            else if (body.contains("tools/call")) Thread.sleep(delay);
            byte[] b = ("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result + "}").getBytes(StandardCharsets.UTF_8);
            e.getResponseHeaders().add("Content-Type", "application/json");
            e.sendResponseHeaders(200, b.length);
            e.getResponseBody().write(b);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }

    static int port(Process gateway) throws IOException {
        BufferedReader out = gateway.inputReader();
        int port = 0;
        for (String line; (line = out.readLine()) != null; ) {
            if (line.startsWith("tollbar: listening on ")) port = URI.create(line.substring(22)).getPort();
            if (line.endsWith("is in force")) { Thread.ofVirtual().start(() -> out.lines().forEach(_ -> {})); return port; }
        }
        throw new IOException("the gateway does not start");
    }

    /** One kept connection of the client. */
    static final class Conn implements Closeable {
        final Socket socket;
        final InputStream in;
        String session = "";
        Conn(int port) throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream(), 8192);
        }
        int post(String server, String session, String body) throws IOException {
            socket.getOutputStream().write(("POST /mcp/" + server + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
                + (session.isEmpty() ? "" : "Mcp-Session-Id: " + session + "\r\nMCP-Protocol-Version: 2025-11-25\r\n") + "Content-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
            int status = Integer.parseInt(line().split(" ")[1]), length = 0;
            for (String h; !(h = line()).isEmpty(); ) {
                String l = h.toLowerCase(Locale.ROOT);
                if (l.startsWith("content-length:")) length = Integer.parseInt(l.substring(15).trim());
                if (l.startsWith("mcp-session-id:")) this.session = h.substring(15).trim();
            }
            in.readNBytes(length);
            return status;
        }
        String line() throws IOException {
            StringBuilder s = new StringBuilder();
            for (int c; (c = in.read()) != '\n'; ) { if (c < 0) throw new EOFException(); if (c != '\r') s.append((char) c); }
            return s.toString();
        }
        @Override public void close() throws IOException { socket.close(); }
    }

    static String session(int port, String server) throws IOException {
        try (Conn c = new Conn(port)) {
            c.post(server, "", "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{\"name\":\"bench\",\"version\":\"1\"}}}");
            return c.session;
        }
    }

    static final AtomicLong ids = new AtomicLong();

    static String call() {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + ids.incrementAndGet() + ",\"method\":\"tools/call\",\"params\":{\"name\":\"go\",\"arguments\":{}}}";
    }

    static Row offer(int port, String slow, String fast, double factor, int seconds) throws Exception {
        BlockingQueue<Long> due = new LinkedBlockingQueue<>();
        Queue<Double> admitted = new ConcurrentLinkedQueue<>(), shed = new ConcurrentLinkedQueue<>(), other = new ConcurrentLinkedQueue<>();
        AtomicInteger failed = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) threads.add(Thread.ofVirtual().start(() -> {
            try (Conn c = new Conn(port)) {
                while (true) {
                    Long at = due.poll(100, TimeUnit.MILLISECONDS);
                    if (at == null) { if (over.get()) return; continue; }
                    int status = c.post("slow", slow, call());
                    double ms = (System.nanoTime() - at) / 1e6;
                    if (status == 200) admitted.add(ms); else if (status == 503) shed.add(ms); else failed.incrementAndGet();
                }
            } catch (IOException | InterruptedException e) { failed.incrementAndGet(); }
        }));
        Thread beside = Thread.ofVirtual().start(() -> {
            try (Conn c = new Conn(port)) {
                while (!over.get()) {
                    long t = System.nanoTime();
                    if (c.post("fast", fast, call()) != 200) failed.incrementAndGet();
                    other.add((System.nanoTime() - t) / 1e6);
                    Thread.sleep(5);
                }
            } catch (IOException | InterruptedException e) { failed.incrementAndGet(); }
        });
        Thread.sleep(300); // all are connected
        long gap = (long) (1e9 / (factor * CAPACITY)), start = System.nanoTime(), end = start + seconds * 1_000_000_000L;
        for (long at = start; at < end; at += gap) {
            long wait = at - System.nanoTime();
            if (wait > 0) java.util.concurrent.locks.LockSupport.parkNanos(wait);
            due.add(at);
        }
        over.set(true);
        for (Thread t : threads) t.join();
        beside.join();
        return new Row(factor, admitted.size() / (double) seconds, shed.size() / (double) seconds, failed.get() / (double) seconds,
            at(admitted, 0.5), at(admitted, 0.99), at(shed, 0.99), at(other, 0.99));
    }

    static double at(Collection<Double> values, double share) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    }

    // ---- the picture ------------------------------------------------------------------------------------
    static final int W = 760, LEFT = 70, RIGHT = 190, PANEL = 200;

    static String svg(List<Row> rows) {
        StringBuilder s = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + W + " 560\" font-family=\"sans-serif\" font-size=\"13\" role=\"img\" aria-label=\"Calls admitted and shed, and their latency, by the load that is offered\">\n<rect width=\"" + W + "\" height=\"560\" fill=\"#ffffff\"/>\n");
        double most = rows.stream().mapToDouble(r -> r.admitted + r.shed).max().orElse(1);
        panel(s, 40, "calls a second", most, rows, List.of("admitted", "shed"), List.of("#1b6e4b", "#b4462f"), List.of(r -> r.admitted, r -> r.shed));
        double slowest = rows.stream().mapToDouble(r -> r.p99).max().orElse(1);
        panel(s, 310, "milliseconds", slowest, rows, List.of("p99, admitted", "p50, admitted", "p99, other server"), List.of("#3b4cc0", "#8a95e0", "#888888"), List.of(r -> r.p99, r -> r.p50, r -> r.other99));
        return s.append("<text x=\"" + (LEFT + (W - LEFT - RIGHT) / 2) + "\" y=\"550\" text-anchor=\"middle\" fill=\"#333\">load offered, as a multiple of what the server can take</text>\n</svg>\n").toString();
    }

    static void panel(StringBuilder s, int top, String unit, double most, List<Row> rows, List<String> names, List<String> colours, List<java.util.function.ToDoubleFunction<Row>> values) {
        double step = Math.pow(10, Math.floor(Math.log10(most)));
        if (most / step < 2) step /= 4; else if (most / step < 5) step /= 2;
        double ceiling = Math.ceil(most * 1.05 / step) * step;
        s.append(text(LEFT, top - 12, "start", "#333", unit));
        for (double v = 0; v <= ceiling + 1e-9; v += step) {
            double y = y(top, v, ceiling);
            s.append(String.format(Locale.ROOT, "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#e2e2e2\"/>%n", LEFT, W - RIGHT, y, y)).append(text(LEFT - 8, y + 4, "end", "#555", String.format(Locale.ROOT, "%,.0f", v)));
        }
        for (double f = 0.5; f <= 3; f += 0.5) s.append(text(x(f), top + PANEL + 18, "middle", "#555", String.format(Locale.ROOT, "%.1f", f)));
        s.append(String.format(Locale.ROOT, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#999\" stroke-dasharray=\"4 4\"/>%n", x(1), x(1), top, top + PANEL));
        double last = Double.MAX_VALUE;
        List<Integer> order = new ArrayList<>(List.of(0, 1, 2)).subList(0, names.size());
        order.sort(Comparator.comparingDouble(i -> values.get(i).applyAsDouble(rows.getLast())));
        for (int i : order) {
            StringJoiner points = new StringJoiner(" ");
            for (Row r : rows) points.add(String.format(Locale.ROOT, "%.1f,%.1f", x(r.factor), y(top, values.get(i).applyAsDouble(r), ceiling)));
            double label = Math.min(y(top, values.get(i).applyAsDouble(rows.getLast()), ceiling) + 4, last - 16);
            last = label;
            s.append("<polyline points=\"" + points + "\" fill=\"none\" stroke=\"" + colours.get(i) + "\" stroke-width=\"2.5\"/>\n").append(text(W - RIGHT + 10, label, "start", colours.get(i), names.get(i)));
        }
    }

    static double x(double factor) { return LEFT + (factor - 0.5) / 2.5 * (W - LEFT - RIGHT); }
    static double y(int top, double value, double ceiling) { return top + PANEL - value / ceiling * PANEL; }
    static String text(double x, double y, String anchor, String colour, String text) {
        return String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n", x, y, anchor, colour, text);
    }
}
