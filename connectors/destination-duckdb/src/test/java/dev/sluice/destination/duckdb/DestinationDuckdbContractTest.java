package dev.sluice.destination.duckdb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.Destination;
import dev.sluice.cdk.testing.DestinationContract;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.json.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

class DestinationDuckdbContractTest implements DestinationContract {
    private static final Set<String> AIRBYTE_COLUMNS =
            Set.of("_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id");

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("contract.duckdb");
    }

    @Override
    public Destination<?> destination() {
        return new DestinationDuckdb();
    }

    @Override
    public String workingConfig() {
        return Json.mapper()
                .createObjectNode()
                .put("destination_path", file().toString())
                .put("motherduck_api_key", "a key that nobody may read")
                .toString();
    }

    @Override
    public Map<String, String> brokenConfigs() {
        return Map.of(
                "{\"destination_path\": \"md:my_db\", \"motherduck_api_key\": \"abracadabra\"}",
                "MotherDuck is not supported yet",
                "{\"destination_path\": \":memory:\"}",
                "would be gone with the end of the sync",
                Json.mapper()
                        .createObjectNode()
                        .put("destination_path", folder.toString())
                        .toString(),
                "is a folder");
    }

    @Override
    public void reset() throws IOException {
        Files.deleteIfExists(file());
        Files.deleteIfExists(folder.resolve("contract.duckdb.wal"));
    }

    @Override
    public List<ObjectNode> rows(ConfiguredAirbyteStream stream) throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file())) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET TimeZone = 'UTC'");
            }
            String schema = stream.descriptor().namespace().orElse("main");
            List<String> tables = texts(
                    connection,
                    "SELECT table_name FROM duckdb_tables() WHERE schema_name = " + TableName.literal(schema));
            String name = stream.descriptor().name();
            String table = Names.identifiers(List.of(name), tables, Set.of()).get(name);
            if (!tables.contains(table)) {
                return List.of();
            }
            return rows(connection, new TableName("contract", schema, table), stream);
        }
    }

    private static List<ObjectNode> rows(Connection connection, TableName table, ConfiguredAirbyteStream stream)
            throws SQLException, IOException {
        List<String> fields = new ArrayList<>();
        stream.stream().jsonSchema().path("properties").fieldNames().forEachRemaining(fields::add);
        List<String> existing =
                texts(connection, "SELECT column_name FROM duckdb_columns() WHERE " + table.condition("table_name"));
        Map<String, String> names = new HashMap<>();
        Names.identifiers(fields, existing, AIRBYTE_COLUMNS)
                .forEach((field, identifier) -> names.put(identifier, field));
        List<ObjectNode> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("FROM " + table.sql())) {
            while (result.next()) {
                ObjectNode row = Json.mapper().createObjectNode();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    String identifier = result.getMetaData().getColumnName(i);
                    row.set(
                            names.getOrDefault(identifier, identifier),
                            value(result, i, result.getMetaData().getColumnTypeName(i)));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static JsonNode value(ResultSet result, int column, String type) throws SQLException, IOException {
        Object value = result.getObject(column);
        if (value == null) {
            return Json.mapper().nullNode();
        }
        return switch (type) {
            case "BOOLEAN" -> Json.mapper().valueToTree(result.getBoolean(column));
            case "BIGINT" -> Json.mapper().valueToTree(result.getLong(column));
            case "JSON" -> Json.mapper().readTree(result.getString(column));
            default ->
                value instanceof BigDecimal number
                        ? Json.mapper().valueToTree(number)
                        : Json.mapper()
                                // Java puts a plus before a year of five digits.
                                .valueToTree(result.getString(column).replaceFirst("^\\+(?=\\d{5})", ""));
        };
    }

    private static List<String> texts(Connection connection, String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                texts.add(result.getString(1));
            }
        }
        return texts;
    }
}
