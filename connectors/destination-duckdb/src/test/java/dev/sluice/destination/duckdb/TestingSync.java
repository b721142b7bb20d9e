package dev.sluice.destination.duckdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.ConnectorMain;
import dev.sluice.protocol.json.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Syncs into a DuckDB file through the connector's command line, and looks into the file afterwards.
final class TestingSync {
    private final Path file;
    private final ArrayNode streams = Json.mapper().createArrayNode();
    private ObjectNode stream;

    private TestingSync(Path file) {
        this.file = file;
    }

    static TestingSync into(Path file) {
        return new TestingSync(file);
    }

    /// What came out.
    record Result(int exitCode, List<JsonNode> messages, String stderr) {
        List<JsonNode> states() {
            return messages.stream()
                    .filter(message -> message.path("type").asText().equals("STATE"))
                    .toList();
        }

        /// The sentence of the failure.
        String error() {
            return messages.stream()
                    .filter(message ->
                            message.path("trace").path("type").asText().equals("ERROR"))
                    .map(message -> message.at("/trace/error/message").asText())
                    .findFirst()
                    .orElse("no error");
        }

        String failureType() {
            return messages.stream()
                    .map(message -> message.at("/trace/error/failure_type").asText())
                    .filter(type -> !type.isEmpty())
                    .findFirst()
                    .orElse("none");
        }
    }

    /// @param properties of the JSON schema
    TestingSync stream(String name, String properties) {
        stream = streams.addObject();
        stream.putObject("stream")
                .put("name", name)
                .set("json_schema", json("{\"type\":\"object\",\"properties\":%s}".formatted(properties)));
        stream.put("sync_mode", "incremental").put("destination_sync_mode", "append");
        return generation(1, 0);
    }

    TestingSync namespace(String namespace) {
        ((ObjectNode) stream.get("stream")).put("namespace", namespace);
        return this;
    }

    TestingSync generation(long generation, long minimum) {
        stream.put("generation_id", generation)
                .put("minimum_generation_id", minimum)
                .put("sync_id", 7);
        return this;
    }

    TestingSync overwrite(long generation) {
        stream.put("destination_sync_mode", "overwrite");
        return generation(generation, generation);
    }

    TestingSync dedup(String cursor, String... key) {
        stream.put("destination_sync_mode", "append_dedup");
        ArrayNode paths = stream.putArray("primary_key");
        for (String column : key) {
            paths.addArray().add(column);
        }
        if (cursor != null) {
            stream.putArray("cursor_field").add(cursor);
        }
        return this;
    }

    TestingSync with(String property, JsonNode value) {
        stream.set(property, value);
        return this;
    }

    Result run(String... lines) {
        try {
            Path folder = Files.createTempDirectory("sync");
            List<String> arguments = arguments("write", folder);
            Result result = connector(arguments, String.join("\n", lines));
            delete(folder);
            return result;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// The command line that does this sync, its files in the folder.
    List<String> arguments(String command, Path folder) throws IOException {
        Path config = folder.resolve("config.json");
        Files.writeString(
                config,
                Json.mapper()
                        .createObjectNode()
                        .put("destination_path", file.toString())
                        .toString());
        if (command.equals("check")) {
            return List.of(command, "--config", config.toString());
        }
        Path catalog = folder.resolve("catalog.json");
        ObjectNode json = Json.mapper().createObjectNode();
        json.set("streams", streams);
        Files.writeString(catalog, json.toString());
        return List.of(command, "--config", config.toString(), "--catalog", catalog.toString());
    }

    static Result connector(List<String> arguments, String input) throws IOException {
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        int code = ConnectorMain.run(
                new DestinationDuckdb(),
                arguments.toArray(String[]::new),
                new ByteArrayInputStream(input.getBytes(UTF_8)),
                stdout,
                new PrintStream(stderr, true, UTF_8));
        List<JsonNode> messages = new ArrayList<>();
        for (String line : stdout.toString(UTF_8).lines().toList()) {
            messages.add(Json.mapper().readTree(line));
        }
        return new Result(code, messages, stderr.toString(UTF_8));
    }

    /// `CONNECTION_STATUS` of a check.
    JsonNode check() {
        try {
            Path folder = Files.createTempDirectory("check");
            Result result = connector(arguments("check", folder), "");
            delete(folder);
            return result.messages().getFirst().get("connectionStatus");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static String record(String stream, long emittedAt, String data) {
        return """
                {"type":"RECORD","record":{"stream":"%s","emitted_at":%d,"data":%s}}""".formatted(stream, emittedAt, data);
    }

    static String record(String stream, String data) {
        return record(stream, 1_700_000_000_123L, data);
    }

    static String state(String stream, int number) {
        return """
                {"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"%s"},\
                "stream_state":{"n":%d}}}}""".formatted(stream, number);
    }

    static String complete(String stream) {
        return """
                {"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":\
                {"stream_descriptor":{"name":"%s"},"status":"COMPLETE"}}}""".formatted(stream);
    }

    /// Rows as DuckDB prints them, columns joined by `|`.
    static List<String> query(Path file, String sql) {
        List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement zone = connection.createStatement();
                Statement statement = connection.createStatement()) {
            zone.execute("SET TimeZone = 'UTC'");
            ResultSet result = statement.executeQuery(sql);
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getString(i));
                }
                rows.add(String.join("|", row));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return rows;
    }

    static void execute(Path file, String... statements) {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    static JsonNode json(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path path : files.toList()) {
                Files.delete(path);
            }
        }
        Files.delete(folder);
    }
}
