import java.io.*;
import java.nio.charset.StandardCharsets;

/** What echo.c is, for machines without a C compiler. */
public final class EchoChild {
    public static void main(String[] a) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            byte[] b = line.getBytes(StandardCharsets.UTF_8);
            Json j = new Json(b, 0, b.length);
            String id = j.object() ? j.raw("id") : null;
            if (id == null) continue;
            Json p = j.sub("params"), args = p == null ? null : p.sub("arguments");
            String text = args == null ? null : args.raw("text");
            String result = text != null ? "{\"content\":[{\"type\":\"text\",\"text\":" + text + "}],\"isError\":false}"
                    : "initialize".equals(j.str("method")) ? "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{\"tools\":{}},\"serverInfo\":{\"name\":\"echo\",\"version\":\"1\"}}"
                    : "tools/list".equals(j.str("method")) ? "{\"tools\":[{\"name\":\"echo\",\"inputSchema\":{\"type\":\"object\"}}]}" : "{}";
            out.write(("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result + "}\n").getBytes(StandardCharsets.UTF_8));
        }
    }
}
