import java.io.*;
import java.net.*;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One connection of a blocking MCP client, for one thread: sends a request, and reads its answer at the pace of the caller. */
final class Wire implements AutoCloseable {
    final SocketChannel ch;
    private final String host, path, headers;
    private final InputStream in;
    private final OutputStream out;
    String session;
    int status;
    private boolean chunked;
    private long left; // of the chunk, or of the body

    /** Buffers of the kernel are left alone when receiveBuffer is 0. */
    Wire(String url, String headers, int receiveBuffer) throws IOException {
        URI u = URI.create(url);
        host = u.getHost() + ":" + u.getPort();
        path = u.getRawPath();
        this.headers = headers.equals("-") ? "" : headers + "\r\n";
        ch = SocketChannel.open();
        if (receiveBuffer > 0) ch.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
        ch.setOption(StandardSocketOptions.TCP_NODELAY, true);
        ch.connect(new InetSocketAddress(u.getHost(), u.getPort()));
        in = new BufferedInputStream(ch.socket().getInputStream(), 1024);
        out = ch.socket().getOutputStream();
    }

    void open() throws IOException {
        send("POST", PeerBench.Load.init(1));
        body();
        if (status != 200) throw new IOException("initialize: HTTP " + status);
        send("POST", PeerBench.Load.INITIALIZED);
        body();
        if (status / 100 != 2) throw new IOException("initialized: HTTP " + status);
    }

    /** Returns when the head of the answer is there. */
    void send(String method, String body) throws IOException {
        byte[] b = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        String h = method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers
                + (body == null ? "" : "Content-Type: application/json\r\nContent-Length: " + b.length + "\r\n")
                + "Accept: " + (method.equals("GET") ? "" : "application/json, ") + "text/event-stream\r\nMCP-Protocol-Version: 2025-06-18\r\n"
                + (session == null ? "" : "Mcp-Session-Id: " + session + "\r\n") + "\r\n";
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(h.getBytes(StandardCharsets.ISO_8859_1));
        all.write(b);
        out.write(all.toByteArray());
        String line = StreamUpstream.line(in);
        if (line == null) throw new EOFException("closed before an answer");
        status = Integer.parseInt(line.substring(9, 12));
        chunked = false;
        left = 0;
        for (line = StreamUpstream.line(in); line != null && !line.isEmpty(); line = StreamUpstream.line(in)) {
            String l = line.toLowerCase(Locale.ROOT);
            if (l.startsWith("content-length:")) left = Long.parseLong(l.substring(15).trim());
            if (l.startsWith("transfer-encoding:")) chunked = l.contains("chunked");
            if (l.startsWith("mcp-session-id:")) session = line.substring(15).trim();
        }
    }

    /** The next bytes of the body, -1 at its end. */
    int read(byte[] b, int off, int len) throws IOException {
        if (left == 0) {
            if (!chunked) return -1;
            String size = StreamUpstream.line(in);
            if (size == null) throw new EOFException("closed inside of an answer");
            left = Long.parseLong(size.split(";")[0].trim(), 16);
            if (left == 0) { StreamUpstream.line(in); chunked = false; return -1; }
        }
        int n = in.read(b, off, (int) Math.min(len, left));
        if (n < 0) throw new EOFException("closed inside of an answer");
        left -= n;
        if (left == 0 && chunked) StreamUpstream.line(in);
        return n;
    }

    byte[] body() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] b = new byte[65536];
        for (int n = read(b, 0, b.length); n >= 0; n = read(b, 0, b.length)) all.write(b, 0, n);
        return all.toByteArray();
    }

    /** Lines of a body that is a stream of events, as they come. */
    InputStream events() {
        return new BufferedInputStream(new InputStream() {
            @Override public int read() { throw new UnsupportedOperationException(); }
            @Override public int read(byte[] b, int off, int len) throws IOException { return Wire.this.read(b, off, len); }
        }, 8192);
    }

    @Override public void close() throws IOException { ch.close(); }
}
