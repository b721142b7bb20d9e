package dev.sluice.runner.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.StateStore;
import dev.sluice.runner.state.SyncState;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

@Timeout(120)
final class PostgresStateStoreIT implements StateStoreContract {
    private static final PostgreSQLContainer POSTGRES = new PostgreSQLContainer(
                    DockerImageName.parse("sluice/postgres:test").asCompatibleSubstituteFor("postgres"))
            .withUsername("sluice")
            .withPassword("p@ss word/1");

    private static int databases;

    private String database;
    private StateStore store;

    @BeforeAll
    static void start() {
        POSTGRES.start();
    }

    @AfterAll
    static void stop() {
        POSTGRES.stop();
    }

    @BeforeEach
    void makeDatabase() throws SQLException {
        database = "state" + databases++;
        run("postgres", "CREATE DATABASE " + database);
        store = SqlStateStore.postgres(place());
    }

    private static void run(String database, String sql) throws SQLException {
        String url = "jdbc:postgresql://%s:%d/%s".formatted(POSTGRES.getHost(), POSTGRES.getMappedPort(5432), database);
        try (Connection connection = DriverManager.getConnection(url, "sluice", "p@ss word/1");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public StateStore store() {
        return store;
    }

    private String place(String user, String database) {
        return "postgresql://%s@%s:%d/%s".formatted(user, POSTGRES.getHost(), POSTGRES.getMappedPort(5432), database);
    }

    @Override
    public String place() {
        return place("sluice:p%40ss%20word%2F1", database);
    }

    @Override
    public void execute(String sql) throws SQLException {
        run(database, sql);
    }

    @Test
    void saysWhereItIsWithoutThePassword() {
        assertThat(store.location())
                .isEqualTo(
                        "postgresql://%s:%d/%s".formatted(POSTGRES.getHost(), POSTGRES.getMappedPort(5432), database));
    }

    @Test
    void saysThatThePasswordIsWrong() {
        assertThatThrownBy(() -> SqlStateStore.postgres(place("sluice:hunter22", database)))
                .isInstanceOfSatisfying(RunnerException.class, e -> {
                    assertThat(e)
                            .hasMessage(
                                    "the state store does not let this user in: FATAL: password authentication failed"
                                            + " for user \"sluice\"");
                    assertThat(e.code()).isEqualTo("state.refused");
                    assertThat(e.type()).isEqualTo(FailureType.CONFIG_ERROR);
                    assertThat(e.where().toString()).doesNotContain("hunter22");
                });
    }

    @Test
    void saysThatTheDatabaseIsNotThere() {
        assertThatThrownBy(() -> SqlStateStore.postgres(place("sluice:p%40ss%20word%2F1", "nowhere")))
                .hasMessage("the state store cannot be used: FATAL: database \"nowhere\" does not exist");
    }

    @Test
    void saysThatNobodyAnswers() {
        assertThatThrownBy(() -> SqlStateStore.postgres("postgresql://sluice:hunter22@localhost:1/state"))
                .isInstanceOfSatisfying(RunnerException.class, e -> {
                    assertThat(e.code()).isEqualTo("state.unavailable");
                    assertThat(e.getMessage())
                            .startsWith("the state store cannot be used: Connection to localhost:1 refused");
                    assertThat(e.where()).contains("postgresql://localhost:1/state");
                    assertThat(e.toString()).doesNotContain("hunter22");
                });
    }

    @Test
    void saysThatTheUrlIsNotOneWithoutShowingIt() {
        for (String url : new String[] {
            "postgresql://", "postgresql://host", "postgresql://sluice:hunter22@ho st/db", "postgresql:///hunter22"
        }) {
            assertThatThrownBy(() -> SqlStateStore.postgres(url))
                    .hasMessage(
                            "the URL of the state store is not of the form postgresql://user:password@host:port/database");
        }
    }

    @Test
    void passesParametersToTheDriverAndRefusesUnknownOnes() {
        SqlStateStore.postgres(place() + "?sslmode=disable&connectTimeout=5").close();
        assertThatThrownBy(() -> SqlStateStore.postgres(place() + "?sslmode=require"))
                .as("a setting that was ignored would be a secret on the wire")
                .hasMessage("the state store cannot be used: The server does not support SSL.");
        assertThatThrownBy(() -> SqlStateStore.postgres(place() + "?sslmod=disable"))
                .hasMessage("the URL of the state store has the parameter 'sslmod', which is not known");
    }

    @Test
    void makesItsTablesBesideOthers() throws SQLException {
        run("postgres", "CREATE DATABASE shared");
        run("shared", "CREATE TABLE somebody_elses (id integer)");
        SqlStateStore.postgres(place("sluice:p%40ss%20word%2F1", "shared"))
                .acquire("orders")
                .close();
    }

    /// Waits for each to be gone: it gives its locks back at its very end.
    private void endSessions() throws SQLException {
        execute("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }

    @Test
    void goesOnAfterItsSessionWasEnded() throws SQLException {
        try (ConnectionState orders = store.acquire("orders")) {
            endSessions();
            assertThatThrownBy(() -> orders.save(SyncState.EMPTY))
                    .isInstanceOfSatisfying(
                            RunnerException.class, e -> assertThat(e.code()).isEqualTo("state.unavailable"));

            SyncState state = new SyncState.Legacy(new TextNode("later"));
            orders.save(state);
            assertThat(store.peek("orders")).contains(state);
            assertThatThrownBy(() -> store.acquire("orders"))
                    .as("it has the connection again")
                    .hasMessageContaining("is running");
        }
    }

    @Test
    void storesNothingWhenAnotherRunnerHasComeBetween() throws SQLException {
        try (ConnectionState orders = store.acquire("orders")) {
            endSessions();
            assertThatThrownBy(() -> orders.save(SyncState.EMPTY)).isInstanceOf(RunnerException.class);
            try (ConnectionState other = store.acquire("orders")) {
                assertThatThrownBy(() -> orders.save(SyncState.EMPTY))
                        .isInstanceOfSatisfying(
                                RunnerException.class, e -> assertThat(e.code()).isEqualTo("connection.taken_over"));
            }
            assertThatThrownBy(() -> orders.save(SyncState.EMPTY))
                    .isInstanceOfSatisfying(
                            RunnerException.class, e -> assertThat(e.code()).isEqualTo("connection.taken_over"));
        }
    }
}
