import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.*;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.io.*;
import java.net.*;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * A proxy that looks at nothing, on the gateway's web server, virtual threads and kind of sockets: what those cost by themselves. It
 * knows neither sessions nor policies nor records, trusts its upstream, and understands replies with a Content-Length only.
 *
 *   Bare PORT UPSTREAM_PORT PATH
 */
public final class Bare {
    static final HeaderName SESSION = HeaderNames.create("Mcp-Session-Id");
    static final ConcurrentLinkedDeque<Upstream> RESTING = new ConcurrentLinkedDeque<>();

    static final class Upstream {
        final InputStream in;
        final OutputStream out;
        byte[] buffer = new byte[16 * 1024];

        Upstream(int port) throws IOException {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            in = channel.socket().getInputStream();
            out = channel.socket().getOutputStream();
        }
    }

    public static void main(String[] a) {
        int upstream = Integer.parseInt(a[1]);
        String start = "POST " + a[2] + " HTTP/1.1\r\nHost: 127.0.0.1:" + upstream
                + "\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n";
        WebServer.builder().address(InetAddress.getLoopbackAddress()).port(Integer.parseInt(a[0])).useNio(false).writeBufferSize(512)
                .protocolsDiscoverServices(false).connectionOptions(options -> options.tcpNoDelay(true))
                .addConnectionSelector(Http1ConnectionSelector.builder().config(Http1Config.create()).build())
                .addRouting(HttpRouting.builder().any((request, response) -> forward(start, upstream, request, response)))
                .build().start();
    }

    static void forward(String start, int port, ServerRequest request, ServerResponse response) throws IOException {
        byte[] body = request.content().as(byte[].class);
        String session = request.headers().contains(SESSION) ? "Mcp-Session-Id: " + request.headers().get(SESSION).get() + "\r\n" : "";
        byte[] head = (start + session + "Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] both = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, both, head.length, body.length);
        Upstream upstream = RESTING.pollFirst();
        if (upstream == null) upstream = new Upstream(port);
        upstream.out.write(both);
        int read = 0, from = 0, length = 0;
        while (from == 0 || read < from + length) {
            if (read == upstream.buffer.length) upstream.buffer = Arrays.copyOf(upstream.buffer, 2 * read);
            int n = upstream.in.read(upstream.buffer, read, upstream.buffer.length - read);
            if (n < 0) throw new EOFException();
            read += n;
            for (int i = 3; from == 0 && i < read; i++) {
                if (upstream.buffer[i] != '\n' || upstream.buffer[i - 2] != '\n') continue;
                from = i + 1;
                for (String line : new String(upstream.buffer, 0, from, StandardCharsets.ISO_8859_1).split("\r\n")) {
                    if (line.startsWith("HTTP/")) response.status(Status.create(Integer.parseInt(line.substring(9, 12))));
                    if (line.regionMatches(true, 0, "content-length:", 0, 15)) length = Integer.parseInt(line.substring(15).strip());
                    if (line.regionMatches(true, 0, "mcp-session-id:", 0, 15)) response.header(SESSION, line.substring(15).strip());
                }
            }
        }
        byte[] answer = Arrays.copyOfRange(upstream.buffer, from, read);
        RESTING.addFirst(upstream);
        if (answer.length == 0) response.send();
        else response.header(HeaderValues.CONTENT_TYPE_JSON).send(answer);
    }
}
