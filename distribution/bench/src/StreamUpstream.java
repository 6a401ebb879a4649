import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Bench upstream for what takes long: answers as a stream of events, large results, GET streams that stay open.
 * Blocking, one virtual thread a connection.
 *
 *   events(count, gapUs, bytes)  progress notifications, each with the time of System.nanoTime() when it was written, then the result
 *   big(bytes)                   one JSON result with a text of that size
 *   GET /mcp                     a stream that says nothing, until the client goes away
 *   GET /stats                   {"streams":N,"sent":BYTES}: open GET streams now, and bytes of events written so far
 *
 * Usage: java StreamUpstream PORT
 */
public final class StreamUpstream {
    static final AtomicInteger STREAMS = new AtomicInteger();
    static final AtomicLong SENT = new AtomicLong();

    public static void main(String[] a) throws IOException {
        try (ServerSocket server = new ServerSocket()) {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(a[0])), 4096);
            System.out.println("stream upstream on " + a[0]);
            while (true) {
                Socket s = server.accept();
                Thread.startVirtualThread(() -> {
                    try (s) {
                        s.setTcpNoDelay(true);
                        InputStream in = new BufferedInputStream(s.getInputStream(), 2048);
                        OutputStream out = s.getOutputStream();
                        while (exchange(in, out)) { }
                    } catch (IOException ignored) { } // the other side went away
                });
            }
        }
    }

    /** One request and its answer; false at the end of the connection. */
    static boolean exchange(InputStream in, OutputStream out) throws IOException {
        String line = line(in);
        if (line == null) return false;
        int length = 0;
        boolean chunked = false;
        for (String h = line(in); h != null && !h.isEmpty(); h = line(in)) {
            String l = h.toLowerCase(Locale.ROOT);
            if (l.startsWith("content-length:")) length = Integer.parseInt(l.substring(15).trim());
            if (l.startsWith("transfer-encoding:")) chunked = l.contains("chunked");
        }
        byte[] body = chunked ? chunks(in) : in.readNBytes(length);
        if (line.startsWith("GET /stats")) { json(out, null, "{\"streams\":" + STREAMS + ",\"sent\":" + SENT + "}"); return true; }
        if (line.startsWith("GET")) { silence(in, out); return false; }
        if (line.startsWith("DELETE")) { json(out, null, "{}"); return true; }
        Json j = new Json(body, 0, body.length);
        String id = j.object() ? j.raw("id") : null, method = id == null ? null : j.str("method");
        if (method == null) { ascii(out, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"); return true; }
        String start = "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",";
        switch (method) {
            case "initialize" -> json(out, Long.toHexString(ThreadLocalRandom.current().nextLong()), start
                    + "\"result\":{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{\"tools\":{}},\"serverInfo\":{\"name\":\"bench-streams\",\"version\":\"1\"}}}");
            case "tools/list" -> json(out, null, start + "\"result\":{\"tools\":[" + tool("events") + "," + tool("big") + "]}}");
            case "tools/call" -> {
                Json p = j.sub("params"), args = p.sub("arguments"), meta = p.sub("_meta");
                if ("big".equals(p.str("name"))) json(out, null, start + text("0123456789abcdef".repeat(number(args, "bytes") / 16)));
                else events(out, start, meta == null ? "0" : meta.raw("progressToken"), number(args, "count"), number(args, "gapUs"), number(args, "bytes"));
            }
            default -> json(out, null, start + "\"result\":{}}");
        }
        return true;
    }

    static void events(OutputStream out, String start, String token, int count, int gapUs, int bytes) throws IOException {
        ascii(out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        String pad = "x".repeat(bytes);
        for (int i = 1; i <= count; i++) {
            if (gapUs > 0) LockSupport.parkNanos(gapUs * 1000L);
            event(out, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":" + token + ",\"progress\":" + i
                    + ",\"message\":\"" + System.nanoTime() + pad + "\"}}");
        }
        event(out, start + text("done"));
        ascii(out, "0\r\n\r\n");
    }
    static void event(OutputStream out, String data) throws IOException {
        String e = "event: message\ndata: " + data + "\n\n";
        ascii(out, Integer.toHexString(e.length()) + "\r\n" + e + "\r\n");
        SENT.addAndGet(e.length());
    }

    static void silence(InputStream in, OutputStream out) throws IOException {
        ascii(out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        STREAMS.incrementAndGet();
        try { while (in.read() >= 0) { } } finally { STREAMS.decrementAndGet(); }
    }

    static String tool(String name) { return "{\"name\":\"" + name + "\",\"inputSchema\":{\"type\":\"object\"}}"; }
    static String text(String t) { return "\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"" + t + "\"}],\"isError\":false}}"; }
    static int number(Json args, String name) { String r = args == null ? null : args.raw(name); return r == null ? 0 : Integer.parseInt(r); }

    static void json(OutputStream out, String session, String body) throws IOException {
        ascii(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + (session == null ? "" : "Mcp-Session-Id: " + session + "\r\n")
                + "Content-Length: " + body.length() + "\r\n\r\n" + body);
    }
    static void ascii(OutputStream out, String s) throws IOException { out.write(s.getBytes(StandardCharsets.ISO_8859_1)); out.flush(); }

    /** A line without its end, null at the end of the stream. */
    static String line(InputStream in) throws IOException {
        StringBuilder b = new StringBuilder(80);
        for (int c = in.read(); ; c = in.read()) {
            if (c < 0) return b.isEmpty() ? null : b.toString();
            if (c == '\n') return b.toString();
            if (c != '\r') b.append((char) c);
        }
    }
    static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (true) {
            int n = Integer.parseInt(line(in).split(";")[0].trim(), 16);
            all.write(in.readNBytes(n));
            line(in);
            if (n == 0) return all.toByteArray();
        }
    }
}
