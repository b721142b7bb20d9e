package dev.sluice.destination.postgres;

import static dev.sluice.destination.postgres.TestingSync.begin;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.testing.ConnectorHarness;
import dev.sluice.cdk.testing.Conversation;
import dev.sluice.cdk.testing.Transcript;
import dev.sluice.destination.postgres.TestingSync.Stream;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.FailureType;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DurabilityIT {
    private static final Stream ROWS =
            Stream.of("rows", "{\"id\":{\"type\":\"integer\"},\"text\":{\"type\":\"string\"}}");

    private static TestingPostgres postgres;

    @BeforeAll
    static void start() throws SQLException {
        postgres = new TestingPostgres();
    }

    @AfterAll
    static void stop() throws SQLException {
        postgres.close();
    }

    @BeforeEach
    void startFromNothing() {
        postgres.reset();
    }

    private static String row(int id) {
        return ROWS.record("{\"id\":%d,\"text\":\"%s\"}".formatted(id, "x".repeat(1000)));
    }

    private static void killConnector() {
        assertThat(
                        postgres.query(
                                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice' AND datname = current_database()"))
                .containsExactly("t");
    }

    @Test
    void keepsWhatItAcknowledgedWhenTheServerEndsTheConnection() {
        try (Conversation write = begin(postgres.configJson(), ROWS)) {
            write.say(row(1), row(2), ROWS.state());
            write.hear("STATE");
            assertThat(postgres.query("SELECT id FROM rows ORDER BY id")).containsExactly("1", "2");
            killConnector();

            Transcript transcript =
                    write.say(row(3), ROWS.state(), ROWS.complete()).end();

            assertThat(transcript.exitCode()).isEqualTo(1);
            assertThat(transcript.states()).hasSize(1);
            assertThat(transcript.errors().getFirst().failureType()).isEqualTo(FailureType.TRANSIENT_ERROR);
            assertThat(transcript.errors().getFirst().message()).startsWith("writing to public.rows failed because ");
        }
        assertThat(postgres.query("SELECT id FROM rows ORDER BY id")).containsExactly("1", "2");
    }

    @Test
    void undoesWhatItDidNotAcknowledge() {
        try (Conversation write = begin(postgres.configJson(), ROWS)) {
            write.say(row(1), ROWS.state());
            write.hear("STATE");
            for (int i = 2; i < 2000; i++) {
                write.say(row(i));
            }
            assertThat(write.interrupt().exitCode()).isEqualTo(143);
        }
        // Whatever was sent has gone with the transaction, unless a commit came before the interrupt.
        assertThat(postgres.query("SELECT count(*) FROM rows WHERE id = 1")).containsExactly("1");
        assertThat(postgres.query("SELECT count(DISTINCT id) = count(*) FROM rows"))
                .containsExactly("t");
        assertThat(
                        postgres.query(
                                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sluice' AND datname = current_database() AND state LIKE 'idle in%'"))
                .containsExactly("0");
    }

    @Test
    void commitsDurablyThoughTheDatabaseSaysOtherwise() {
        String database =
                postgres.query("SELECT quote_ident(current_database())").getFirst();
        postgres.execute("ALTER DATABASE %s SET synchronous_commit = off".formatted(database));
        try (var connection = new Server(postgres.config()).connect()) {
            assertThat(new Database(connection).any("SELECT 1 WHERE current_setting('synchronous_commit') = 'local'"))
                    .isTrue();
        } catch (SQLException e) {
            throw new AssertionError(e);
        } finally {
            postgres.execute("ALTER DATABASE %s RESET synchronous_commit".formatted(database));
        }
    }

    @Test
    void sendsLotsOfRowsOnce() {
        try (Conversation write = begin(postgres.configJson(), ROWS)) {
            for (int i = 0; i < 20_000; i++) {
                write.say(row(i));
                if (i % 997 == 0) {
                    write.say(ROWS.state());
                }
            }
            write.say(ROWS.state(), ROWS.complete()).end().succeeded();
        }
        assertThat(
                        postgres.query(
                                "SELECT count(*) || ' ' || count(DISTINCT id) || ' ' || count(DISTINCT _airbyte_raw_id) FROM rows"))
                .containsExactly("20000 20000 20000");
    }

    @Test
    void checksWithoutLeavingATrace() {
        ObjectNode config = postgres.configJson().put("schema", "elsewhere");
        assertThat(check(config).status()).isEqualTo(AirbyteConnectionStatus.Status.SUCCEEDED);
        assertThat(postgres.query("SELECT nspname FROM pg_namespace WHERE nspname = 'elsewhere'"))
                .isEmpty();
        assertThat(postgres.query("SELECT relname FROM pg_class WHERE relname LIKE '%connection_test%'"))
                .isEmpty();
    }

    @Test
    void saysWhatAUserMayNotDo() {
        String user = "u_" + Long.toHexString(System.nanoTime());
        postgres.execute("CREATE ROLE %s LOGIN PASSWORD 'open sesame'".formatted(user));
        try {
            ObjectNode config = postgres.configJson().put("username", user).put("password", "open sesame");
            assertThat(check(config).message().orElse(""))
                    .startsWith("creating a table in the schema 'public' is not allowed")
                    .contains("grant the user CREATE");
            assertThat(check(config.put("schema", "elsewhere")).message().orElse(""))
                    .contains("is not allowed");
        } finally {
            postgres.execute("DROP ROLE " + user);
        }
    }

    @Test
    void saysThatTheServerIsReadOnly() {
        String database =
                postgres.query("SELECT quote_ident(current_database())").getFirst();
        postgres.execute("ALTER DATABASE %s SET default_transaction_read_only = on".formatted(database));
        try {
            assertThat(check(postgres.configJson()).message().orElse("")).contains("read-only", "primary");
        } finally {
            try (var connection = postgres.connect();
                    var statement = connection.createStatement()) {
                statement.execute("SET default_transaction_read_only = off");
                statement.execute("ALTER DATABASE %s RESET default_transaction_read_only".formatted(database));
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void encryptsOrNotAsToldTo() {
        List<String> ssl = postgres.query("SHOW ssl");
        assertThat(check(withSsl("prefer")).status()).isEqualTo(AirbyteConnectionStatus.Status.SUCCEEDED);
        assertThat(check(withSsl("disable")).status()).isEqualTo(AirbyteConnectionStatus.Status.SUCCEEDED);
        AirbyteConnectionStatus require = check(withSsl("require"));
        assertThat(require.status() == AirbyteConnectionStatus.Status.SUCCEEDED).isEqualTo(ssl.equals(List.of("on")));
        if (ssl.equals(List.of("off"))) {
            assertThat(require.message().orElse("")).contains("does not support SSL", "ssl_mode");
        }
    }

    private static ObjectNode withSsl(String mode) {
        ObjectNode config = postgres.configJson();
        config.putObject("ssl_mode").put("mode", mode);
        return config;
    }

    private static AirbyteConnectionStatus check(ObjectNode config) {
        return ConnectorHarness.of(new DestinationPostgres())
                .check(config)
                .succeeded()
                .answer(AirbyteConnectionStatus.class);
    }
}
