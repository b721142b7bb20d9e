package dev.sluice.e2e;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/// A database of its own on the one PostgreSQL server that all tests of this JVM share.
final class TestingPostgres implements Warehouse {
    static final String USER = "sluice";
    static final String PASSWORD = "p@ss:w0rd/canary-7c1e";

    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static PostgreSQLContainer server;

    private final String database;

    private TestingPostgres(String database) {
        this.database = database;
    }

    static TestingPostgres make() {
        String database = "e2e_" + DATABASES.incrementAndGet();
        new TestingPostgres(server().getDatabaseName()).execute("CREATE DATABASE " + database);
        return new TestingPostgres(database);
    }

    private static synchronized PostgreSQLContainer server() {
        if (server == null) {
            server = start();
        }
        return server;
    }

    /// A server for a test that breaks it; whoever starts it stops it.
    static PostgreSQLContainer start() {
        PostgreSQLContainer started = new PostgreSQLContainer(
                        DockerImageName.parse("sluice/postgres:test").asCompatibleSubstituteFor("postgres"))
                .withUsername(USER)
                .withPassword(PASSWORD);
        started.start();
        // Nobody else does: the container that would is one more image to pull.
        Runtime.getRuntime().addShutdownHook(new Thread(started::stop));
        return started;
    }

    /// The password comes from the environment of the command, see [#tellPassword].
    @Override
    public String destination(String launch) {
        return """
                destination:
                  type: "postgres"
                  launch: %s%s
                  config:
                    host: "%s"
                    port: %d
                    database: "%s"
                    schema: "public"
                    username: "%s"
                    password: "${WAREHOUSE_PASSWORD}"
                """.formatted(
                        launch, launch.equals("docker") ? "\n  network: host" : "", host(), port(), database, USER);
    }

    /// Gives the password to the commands of a test.
    TestingPostgres tellPassword(SluiceCli sluice) {
        sluice.variable("WAREHOUSE_PASSWORD", PASSWORD);
        return this;
    }

    String host() {
        return server().getHost();
    }

    int port() {
        return server().getMappedPort(5432);
    }

    String database() {
        return database;
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/%s".formatted(host(), port(), database), USER, PASSWORD);
    }

    @Override
    public void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    @Override
    public String one(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "no row";
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }
}
