package dev.sluice.e2e;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
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
        first().execute("CREATE DATABASE " + database);
        return new TestingPostgres(database);
    }

    private static synchronized PostgreSQLContainer server() {
        if (server == null) {
            server = new PostgreSQLContainer(
                            DockerImageName.parse("sluice/postgres:test").asCompatibleSubstituteFor("postgres"))
                    .withUsername(USER)
                    .withPassword(PASSWORD)
                    .withTmpFs(Map.of("/small", "rw,size=64m,mode=755"));
            server.start();
            // Nobody else stops it: the container that would is one more image to pull.
            Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
        }
        return server;
    }

    /// A database whose tables, though not the server's log, lie on a disk that can be full.
    static TestingPostgres makeOnSmallDisk() {
        inContainer("install --directory --owner=postgres /small/tables");
        String database = "e2e_" + DATABASES.incrementAndGet();
        first().execute("CREATE TABLESPACE small LOCATION '/small/tables'");
        first().execute("CREATE DATABASE %s TABLESPACE small".formatted(database));
        return new TestingPostgres(database);
    }

    /// Leaves 4 MB.
    static void fillSmallDisk() {
        inContainer("fallocate -l $(($(df --output=avail -B1 /small | tail -n 1) - 4000000)) /small/filler");
    }

    static void emptySmallDisk() {
        inContainer("rm /small/filler");
    }

    private static void inContainer(String script) {
        Program.run("docker", "exec", "-u", "0", server().getContainerId(), "sh", "-c", script);
    }

    private static TestingPostgres first() {
        return new TestingPostgres(server().getDatabaseName());
    }

    /// The password comes from the environment of the command, see [#tellPassword].
    @Override
    public String destination(String launch) {
        return destination(launch, "public");
    }

    String destination(String launch, String schema) {
        return """
                destination:
                  type: "postgres"
                  launch: %s%s
                  config:
                    host: "%s"
                    port: %d
                    database: "%s"
                    schema: "%s"
                    username: "%s"
                    password: "${WAREHOUSE_PASSWORD}"
                """.formatted(
                launch, launch.equals("docker") ? "\n  network: host" : "", host(), port(), database, schema, USER);
    }

    /// As Airbyte's destination names it.
    @Override
    public String table(String stream) {
        return '"' + stream.replaceAll("[^A-Za-z0-9_]", "_") + '"';
    }

    /// Gives the password to the commands of a test.
    TestingPostgres tellPassword(SluiceCli sluice) {
        sluice.variable("WAREHOUSE_PASSWORD", PASSWORD);
        return this;
    }

    /// Cuts all sessions of this database and lets no new one in, as a server that went down does.
    void goAway() {
        first().execute("ALTER DATABASE %s ALLOW_CONNECTIONS false".formatted(database));
        first().one("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '%s'"
                .formatted(database));
    }

    void comeBack() {
        first().execute("ALTER DATABASE %s ALLOW_CONNECTIONS true".formatted(database));
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
