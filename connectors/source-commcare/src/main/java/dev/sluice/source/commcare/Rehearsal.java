package dev.sluice.source.commcare;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.config.ConfigSchema;
import dev.sluice.protocol.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A stand-in for CommCare HQ on the loopback interface, so that the rehearsal can do what a read does: an
/// application of one form, two pages of it, one of cases.
final class Rehearsal implements AutoCloseable {
    static final String FORM = "Visit";

    private static final int ROWS = 200;

    private final ServerSocket server;

    Rehearsal() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().name("rehearsal").daemon().start(this::serve);
    }

    CommcareConfig config() {
        ObjectNode config = Json.mapper()
                .createObjectNode()
                .put("api_key", "rehearsal:key")
                .put("project_space", "rehearsal")
                .put("app_id", "app")
                .put("start_date", "2020-01-01T00:00:00Z")
                .put("page_size", ROWS)
                .put("base_url", "http://127.0.0.1:" + server.getLocalPort());
        return ConfigSchema.read(config, ConfigSchema.of(CommcareConfig.class), CommcareConfig.class);
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept();
                    BufferedReader in = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
                String asked = in.readLine();
                while (!in.readLine().isEmpty()) {
                    // Headers are of no interest.
                }
                byte[] body = answer(asked).toString().getBytes(StandardCharsets.UTF_8);
                OutputStream out = socket.getOutputStream();
                out.write(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
                                .formatted(body.length)
                                .getBytes(StandardCharsets.ISO_8859_1));
                out.write(body);
            } catch (IOException e) {
                // Closed, or the client went away: the rehearsal is over, or asks again.
            }
        }
    }

    private static ObjectNode answer(String asked) {
        ObjectNode answer = Json.mapper().createObjectNode();
        if (asked.contains("/application/")) {
            ObjectNode form =
                    answer.putArray("modules").addObject().putArray("forms").addObject();
            form.put("xmlns", "http://openrosa.org/formdesigner/REHEARSAL")
                    .putObject("name")
                    .put("en", FORM);
            form.putArray("questions").addObject().put("value", "/data/q1").put("type", "Text");
            return answer;
        }
        boolean first = asked.contains("00.000000");
        answer.putObject("meta")
                .put("offset", 0)
                .put("total_count", ROWS)
                .put("next", first && asked.contains("/form/") ? "?offset=" + ROWS : null);
        ArrayNode objects = answer.putArray("objects");
        for (int i = 0; i < ROWS; i++) {
            ObjectNode row = objects.addObject().put("id", (first ? "a" : "b") + i);
            row.put("indexed_on", "2020-01-0%dT00:00:00.%06dZ".formatted(first ? 1 : 2, i * 1_001));
            row.putObject("form")
                    .put("@name", FORM)
                    .put("q1", "yes")
                    .putObject("case")
                    .put("@case_id", "c" + i);
            row.putObject("properties").put("case_name", "n" + i);
            row.putArray("xform_ids").add("a" + i);
            row.putObject("metadata").put("username", "u").putNull("location");
        }
        return answer;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
