package dev.sluice.destination.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.ConnectorException;
import dev.sluice.cdk.ConnectorMain;
import dev.sluice.cdk.Destination;
import dev.sluice.cdk.DestinationWriter;
import dev.sluice.cdk.MessageEmitter;
import dev.sluice.cdk.config.ConfigSchema;
import dev.sluice.cdk.row.Column;
import dev.sluice.cdk.row.RowReader;
import dev.sluice.destination.postgres.Database.Table;
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
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// Writes streams into tables of a PostgreSQL database.
public final class DestinationPostgres implements Destination<PostgresConfig> {
    public static void main(String[] args) {
        ConnectorMain.run(new DestinationPostgres(), args);
    }

    @Override
    public Class<PostgresConfig> configType() {
        return PostgresConfig.class;
    }

    @Override
    public String documentationUrl() {
        return "https://docs.airbyte.com/integrations/destinations/postgres";
    }

    @Override
    public List<DestinationSyncMode> supportedSyncModes() {
        return List.of(DestinationSyncMode.OVERWRITE, DestinationSyncMode.APPEND, DestinationSyncMode.APPEND_DEDUP);
    }

    /// Makes the schema, a table and a row in it, and takes all of it back.
    @Override
    public AirbyteConnectionStatus check(PostgresConfig config) {
        String schema = config.schema();
        try (Connection connection = new Server(config).connect()) {
            Database database = new Database(connection);
            schema =
                    Names.schemas(List.of(schema), database.schemas()::contains).get(schema);
            Table table = new Table(
                    schema,
                    "_airbyte_connection_test_" + UUID.randomUUID().toString().replace("-", ""));
            database.createSchema(schema);
            database.execute("CREATE TABLE %s (test_key bigint)".formatted(table.sql()));
            CopyIn copy = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY %s FROM STDIN".formatted(table.sql()));
            copy.writeToCopy("1\n".getBytes(UTF_8), 0, 2);
            long rows = copy.endCopy();
            connection.rollback();
            return rows == 1
                    ? AirbyteConnectionStatus.succeeded()
                    : AirbyteConnectionStatus.failed("the test table took %d rows instead of 1".formatted(rows));
        } catch (ConnectorException e) {
            return AirbyteConnectionStatus.failed(e.getMessage());
        } catch (SQLException e) {
            return AirbyteConnectionStatus.failed(
                    PostgresErrors.of(e, "creating a table in the schema '%s'".formatted(schema))
                            .getMessage());
        }
    }

    @Override
    public DestinationWriter open(PostgresConfig config, ConfiguredAirbyteCatalog catalog, MessageEmitter out) {
        return PostgresWriter.open(new Server(config), config, catalog);
    }

    /// There is no database where images are built: rows are read and encoded, and a connection is tried where
    /// nobody listens, which loads most of the driver.
    @Override
    public void rehearse(MessageEmitter out) throws IOException, SQLException {
        ConfiguredAirbyteStream stream = rehearsed();
        RowReader reader = new RowReader(stream);
        CopyEncoder encoder = new CopyEncoder(Column.of(stream), 1, new RowIds(), 64 << 10, (_, _, _) -> {});
        String record = """
                {"type":"RECORD","record":{"stream":"users","emitted_at":1700000000000,"data":\
                {"id":1,"name":"Ada \\"Countess\\" Lovelace","score":1.5,"big":12345678901234567890.5,"active":true,\
                "born":"1815-12-10","updated_at":"2024-01-01T00:00:00Z","address":{"city":"London"},"odd":"1.5x"}}}
                """;
        MessageReader in =
                new MessageReader(new ByteArrayInputStream(record.repeat(20_000).getBytes(UTF_8)));
        for (var line = in.read(); line != null; line = in.read()) {
            RecordLine recordLine = (RecordLine) line;
            encoder.write(reader.read(recordLine), recordLine.emittedAt());
        }
        encoder.flush();
        ObjectNode config = Json.mapper().createObjectNode();
        config.put("host", "127.0.0.1").put("port", 1).put("database", "none").put("username", "nobody");
        check(ConfigSchema.read(config, ConfigSchema.of(PostgresConfig.class), PostgresConfig.class));
    }

    private static ConfiguredAirbyteStream rehearsed() throws IOException {
        String schema = """
                {"type":"object","properties":{"id":{"type":"integer"},"name":{"type":["null","string"]},
                "score":{"type":"number"},"big":{"type":"number"},"active":{"type":"boolean"},
                "born":{"type":"string","format":"date"},"updated_at":{"type":"string","format":"date-time"},
                "address":{"type":"object"},"odd":{"type":"integer"}}}
                """;
        return new ConfiguredAirbyteStream(
                AirbyteStream.incremental(
                        "users",
                        Json.mapper().readValue(schema, ObjectNode.class),
                        "updated_at",
                        List.of(List.of("id"))),
                SyncMode.INCREMENTAL,
                List.of("updated_at"),
                DestinationSyncMode.APPEND_DEDUP,
                List.of(List.of("id")),
                1,
                0,
                1);
    }
}
