package dev.sluice.destination.duckdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cdk.ConnectorException;
import dev.sluice.cdk.ConnectorMain;
import dev.sluice.cdk.Destination;
import dev.sluice.cdk.DestinationWriter;
import dev.sluice.cdk.MessageEmitter;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.RecordLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Writes streams into tables of a DuckDB file.
public final class DestinationDuckdb implements Destination<DuckdbConfig> {
    public static void main(String[] args) {
        ConnectorMain.run(new DestinationDuckdb(), args);
    }

    @Override
    public Class<DuckdbConfig> configType() {
        return DuckdbConfig.class;
    }

    @Override
    public String documentationUrl() {
        return "https://docs.airbyte.com/integrations/destinations/duckdb";
    }

    @Override
    public List<DestinationSyncMode> supportedSyncModes() {
        return List.of(DestinationSyncMode.OVERWRITE, DestinationSyncMode.APPEND, DestinationSyncMode.APPEND_DEDUP);
    }

    /// Opens the file for writing. A file, and folders, that were not there are removed again.
    @Override
    public AirbyteConnectionStatus check(DuckdbConfig config) throws IOException {
        Deque<Path> created = new ArrayDeque<>();
        try {
            Path file = config.file();
            for (Path path = file; path != null && Files.notExists(path); path = path.getParent()) {
                created.add(path);
            }
            try (Database database = Database.open(file)) {
                // Read-only files and tables that nobody may make show here, and nothing stays.
                database.execute("CREATE TABLE _airbyte_connection_test (a INTEGER)");
                database.rollback();
            }
            return AirbyteConnectionStatus.succeeded();
        } catch (ConnectorException e) {
            return AirbyteConnectionStatus.failed(e.getMessage());
        } finally {
            for (Path path : created) {
                if (Files.exists(path)) {
                    Files.delete(path);
                }
            }
        }
    }

    @Override
    public DestinationWriter open(DuckdbConfig config, ConfiguredAirbyteCatalog catalog, MessageEmitter out) {
        return DuckdbWriter.open(Database.open(config.file()), catalog, config.schema());
    }

    /// A sync of three rows into a file of its own, through all that a real one needs.
    @Override
    public void rehearse(MessageEmitter out) throws Exception {
        Path folder = Files.createTempDirectory("sluice-duckdb");
        Path file = folder.resolve("rehearsal.duckdb");
        try {
            DuckdbConfig config = new DuckdbConfig(Optional.empty(), file.toString(), "main");
            check(config);
            ConfiguredAirbyteStream stream = rehearsed();
            try (DestinationWriter rows = open(config, new ConfiguredAirbyteCatalog(List.of(stream)), out)) {
                String record = """
                        {"type":"RECORD","record":{"stream":"users","emitted_at":1700000000000,"data":\
                        {"id":1,"name":"Ada","score":1.5,"active":true,"born":"1815-12-10",\
                        "updated_at":"2024-01-01T00:00:00Z","address":{"city":"London"}}}}
                        """;
                MessageReader in = new MessageReader(
                        new ByteArrayInputStream(record.repeat(3).getBytes(UTF_8)));
                for (var line = in.read(); line != null; line = in.read()) {
                    rows.write((RecordLine) line);
                }
                rows.commit();
                rows.complete(stream.descriptor());
            }
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder.resolve("rehearsal.duckdb.wal"));
            Files.deleteIfExists(folder);
        }
    }

    private static ConfiguredAirbyteStream rehearsed() throws IOException {
        String schema = """
                {"type":"object","properties":{"id":{"type":"integer"},"name":{"type":["null","string"]},
                "score":{"type":"number"},"active":{"type":"boolean"},"born":{"type":"string","format":"date"},
                "updated_at":{"type":"string","format":"date-time"},"address":{"type":"object"}}}
                """;
        return new ConfiguredAirbyteStream(
                AirbyteStream.incremental(
                        "users", Json.mapper().readValue(schema, com.fasterxml.jackson.databind.node.ObjectNode.class),
                        "updated_at", List.of(List.of("id"))),
                SyncMode.INCREMENTAL,
                List.of("updated_at"),
                DestinationSyncMode.APPEND_DEDUP,
                List.of(List.of("id")),
                1,
                0,
                1);
    }
}
