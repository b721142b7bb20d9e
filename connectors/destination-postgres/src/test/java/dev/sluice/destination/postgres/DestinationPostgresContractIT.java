package dev.sluice.destination.postgres;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.Destination;
import dev.sluice.cdk.row.Column;
import dev.sluice.cdk.testing.DestinationContract;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class DestinationPostgresContractIT implements DestinationContract {
    private static TestingPostgres postgres;

    @BeforeAll
    static void start() throws SQLException {
        postgres = new TestingPostgres();
    }

    @AfterAll
    static void stop() throws SQLException {
        postgres.close();
    }

    @Override
    public Destination<?> destination() {
        return new DestinationPostgres();
    }

    @Override
    public String workingConfig() {
        return postgres.configJson().toString();
    }

    @Override
    public Map<String, String> brokenConfigs() {
        Map<String, String> broken = new HashMap<>();
        broken.put(postgres.configJson().put("port", 1).toString(), "does not answer");
        broken.put(postgres.configJson().put("host", "no-such-host.invalid").toString(), "no such host");
        broken.put(postgres.configJson().put("database", "elsewhere").toString(), "has no database 'elsewhere'");
        broken.put(postgres.configJson().put("disable_type_dedupe", true).toString(), "not supported yet");
        if (postgres.configJson().has("password")) {
            broken.put(postgres.configJson().put("password", "wrong-password").toString(), "refused the password");
        }
        return broken;
    }

    @Override
    public void reset() {
        postgres.reset();
    }

    @Override
    public List<ObjectNode> rows(ConfiguredAirbyteStream stream) throws Exception {
        String namespace =
                stream.stream().namespace().filter(name -> !name.isEmpty()).orElse("public");
        String schema = Names.schemas(List.of(namespace), _ -> false).get(namespace);
        String name = stream.stream().name();
        List<String> tables =
                postgres.query("SELECT tablename FROM pg_tables WHERE schemaname = '%s'".formatted(schema));
        String table = Names.identifiers(List.of(name), Set.of(), tables::contains, "table")
                .get(name);
        if (!tables.contains(table)) {
            return List.of();
        }
        List<String> fields = Column.of(stream).stream().map(Column::field).toList();
        Map<String, String> identifiers = Names.identifiers(fields, StreamTable.RESERVED, _ -> false, "column");
        List<ObjectNode> rows = new ArrayList<>();
        for (ObjectNode held : postgres.rows(Names.quote(schema) + "." + Names.quote(table))) {
            ObjectNode row = held.objectNode();
            StreamTable.AIRBYTE_COLUMNS.keySet().forEach(column -> row.set(column, held.get(column)));
            fields.forEach(field -> row.set(field, held.get(identifiers.get(field))));
            rows.add(row);
        }
        return rows;
    }
}
