package dev.sluice.destination.postgres;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.config.ConfigSchema;
import dev.sluice.protocol.json.Json;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/// A PostgreSQL server for tests: the one that the environment variable SLUICE_TEST_PG_URL names, for example
/// `postgresql://postgres:secret@127.0.0.1:5432/postgres` (a superuser's), else a container of the image
/// `sluice/postgres:test`, one for all tests of a JVM. Each instance is a database of its own.
final class TestingPostgres implements AutoCloseable {
    private static String host;
    private static int port;
    private static String admin;
    private static String adminPassword;
    private static String adminDatabase;

    private final String database = "t_" + UUID.randomUUID().toString().substring(0, 8);
    private final Connection connection;

    TestingPostgres() throws SQLException {
        start();
        try (Connection maintenance = connect(adminDatabase);
                Statement statement = maintenance.createStatement()) {
            statement.execute("CREATE DATABASE " + database);
        }
        connection = connect(database);
    }

    private static synchronized void start() {
        if (host != null) {
            return;
        }
        String url = System.getenv("SLUICE_TEST_PG_URL");
        if (url == null || url.isEmpty()) {
            PostgreSQLContainer container = new PostgreSQLContainer(
                    DockerImageName.parse("sluice/postgres:test").asCompatibleSubstituteFor("postgres"));
            container.start();
            Runtime.getRuntime().addShutdownHook(new Thread(container::stop));
            admin = container.getUsername();
            adminPassword = container.getPassword();
            adminDatabase = container.getDatabaseName();
            port = container.getMappedPort(5432);
            host = container.getHost();
        } else {
            URI uri = URI.create(url);
            String[] user = (uri.getUserInfo() == null ? "postgres" : uri.getUserInfo()).split(":", 2);
            admin = user[0];
            adminPassword = user.length > 1 ? user[1] : "";
            adminDatabase = uri.getPath().substring(1);
            port = uri.getPort() < 0 ? 5432 : uri.getPort();
            host = uri.getHost();
        }
    }

    private static Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/%s?options=-c%%20TimeZone=UTC".formatted(host, port, database),
                admin,
                adminPassword);
    }

    /// A further connection of the superuser, with auto-commit.
    Connection connect() throws SQLException {
        return connect(database);
    }

    ObjectNode configJson() {
        ObjectNode config = Json.mapper()
                .createObjectNode()
                .put("host", host)
                .put("port", port)
                .put("database", database)
                .put("schema", "public")
                .put("username", admin);
        return adminPassword.isEmpty() ? config : config.put("password", adminPassword);
    }

    static PostgresConfig config(ObjectNode json) {
        return ConfigSchema.read(json, ConfigSchema.of(PostgresConfig.class), PostgresConfig.class);
    }

    PostgresConfig config() {
        return config(configJson());
    }

    void execute(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /// The first column of each row as text.
    List<String> query(String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (result.next()) {
                values.add(result.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /// The rows of a table as JSON objects, one property a column.
    List<ObjectNode> rows(String table) throws IOException {
        List<ObjectNode> rows = new ArrayList<>();
        for (String row : query("SELECT to_jsonb(t) FROM %s t".formatted(table))) {
            rows.add((ObjectNode) Json.mapper().readTree(row));
        }
        return rows;
    }

    boolean exists(String table) {
        return query("SELECT to_regclass('%s') IS NOT NULL".formatted(table)).equals(List.of("t"));
    }

    /// Leaves an empty schema `public` and nothing else.
    void reset() {
        // A connector that was killed may have left its session, which the server ends when it notices.
        query("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                + " WHERE application_name = 'sluice' AND datname = current_database()");
        for (String schema :
                query("SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$'")) {
            execute("DROP SCHEMA %s CASCADE".formatted(schema));
        }
        execute("CREATE SCHEMA public");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        try (Connection maintenance = connect(adminDatabase);
                Statement statement = maintenance.createStatement()) {
            statement.execute("DROP DATABASE %s WITH (FORCE)".formatted(database));
        }
    }
}
