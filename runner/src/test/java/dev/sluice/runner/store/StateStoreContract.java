package dev.sluice.runner.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.Generation;
import dev.sluice.runner.state.KeptConfig;
import dev.sluice.runner.state.KeptConfigs;
import dev.sluice.runner.state.Run;
import dev.sluice.runner.state.Side;
import dev.sluice.runner.state.StateStore;
import dev.sluice.runner.state.SyncState;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What every place for states must do. A test class says where the place is; each test gets an empty one.
interface StateStoreContract {
    StateStore store();

    /// `--state` for another process.
    String place();

    /// Meddles with the tables.
    void execute(String sql) throws SQLException;

    LongFunction<Optional<String>> NO_LOG = _ -> Optional.empty();

    Run.End SUCCEEDED = new Run.End(Instant.ofEpochMilli(1_000), Run.Outcome.SUCCEEDED, 1, 10, 100, 10, 2, "", "");

    private static JsonNode json(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (JacksonException e) {
            throw new AssertionError(e);
        }
    }

    private static SyncState perStream(Object... streamsAndStates) {
        TreeMap<StreamDescriptor, JsonNode> cursors = new TreeMap<>();
        for (int i = 0; i < streamsAndStates.length; i += 2) {
            cursors.put(new StreamDescriptor((String) streamsAndStates[i]), json((String) streamsAndStates[i + 1]));
        }
        return new SyncState.PerStream(cursors);
    }

    private static String document(SyncState state) {
        return state.toDocument().map(JsonNode::toString).orElse("nothing");
    }

    /// What another runner would read.
    private String stored() {
        return document(store().peek("orders").orElseThrow());
    }

    @Test
    default void saysWhoHoldsAConnection() throws Exception {
        assertThat(store().holder("orders")).isEmpty();
        try (OtherRunner other = OtherRunner.holding(place(), "orders")) {
            assertThat(store().holder("orders")).get().asString().contains(", since 20");
            assertThat(store().holder("users")).isEmpty();
            other.kill();
            while (store().holder("orders").isPresent()) {
                Thread.onSpinWait(); // PostgreSQL needs a moment to see that the session has ended.
            }
        }
        try (ConnectionState ignored = store().acquire("orders")) {
            assertThat(store().holder("orders")).isPresent();
        }
        assertThat(store().holder("orders")).isEmpty();
    }

    @Test
    default void knowsNothingOfAConnectionThatNeverRan() {
        assertThat(store().peek("orders")).isEmpty();
        try (ConnectionState orders = store().acquire("orders")) {
            assertThat(orders.state().isEmpty()).isTrue();
            assertThat(orders.generations()).isEmpty();
        }
    }

    @Test
    default void keepsStatesDigitByDigit() {
        String state = """
                {"z":1.50,"a":123456789012345678901234567890.000,"n":null,"e":{},"l":[],"u":"é\\u0000\\n😀","t":1E+400,"b":true}""";
        try (ConnectionState orders = store().acquire("orders")) {
            orders.save(perStream("orders", state));
            assertThat(stored())
                    .isEqualTo(
                            "[{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"orders\"},\"stream_state\":%s}}]"
                                    .formatted(state));
        }
    }

    @Test
    default void keepsADeepState() {
        String deep = "{\"a\":".repeat(2000) + "1" + "}".repeat(2000);
        try (ConnectionState orders = store().acquire("orders")) {
            orders.save(perStream("orders", deep));
        }
        assertThat(((SyncState.PerStream) store().peek("orders").orElseThrow()).cursors())
                .containsEntry(new StreamDescriptor("orders"), json(deep));
    }

    @Test
    default void keepsStreamsOfOneNameInTwoNamespacesApart() {
        TreeMap<StreamDescriptor, JsonNode> cursors = new TreeMap<>();
        cursors.put(new StreamDescriptor("orders", Optional.of("eu")), json("1"));
        cursors.put(new StreamDescriptor("orders", Optional.of("us")), json("2"));
        cursors.put(new StreamDescriptor("orders"), json("3"));
        try (ConnectionState orders = store().acquire("orders")) {
            orders.save(new SyncState.PerStream(cursors));
        }
        assertThat(store().peek("orders")).contains(new SyncState.PerStream(cursors));
    }

    @Test
    default void replacesTheWholeStateEachTime() {
        try (ConnectionState orders = store().acquire("orders")) {
            orders.save(perStream("a", "1", "b", "2"));
            orders.save(perStream("b", "3"));
            assertThat(orders.state()).isEqualTo(perStream("b", "3"));
        }
    }

    @Test
    default void holdsOneTypeOfStateAtATime() {
        ObjectNode global = (ObjectNode)
                json(
                        "{\"shared_state\":{\"lsn\":7},\"stream_states\":[{\"stream_descriptor\":{\"name\":\"a\"},\"stream_state\":null}]}");
        try (ConnectionState orders = store().acquire("orders")) {
            orders.save(new SyncState.Legacy(json("{\"cursor\":1}")));
            assertThat(stored()).isEqualTo("{\"cursor\":1}");
            orders.save(perStream("a", "1"));
            assertThat(orders.state()).isEqualTo(perStream("a", "1"));
            orders.save(new SyncState.Global(global));
            assertThat(orders.state()).isEqualTo(new SyncState.Global(global));
            orders.save(SyncState.EMPTY);
            assertThat(orders.state()).isEqualTo(SyncState.EMPTY);
        }
    }

    @Test
    default void numbersSyncsUpwardsAndKeepsGenerations() {
        StreamDescriptor stream = new StreamDescriptor("orders", Optional.of("public"));
        try (ConnectionState orders = store().acquire("orders")) {
            assertThat(orders.begin(NO_LOG)).isEqualTo(1);
            orders.start(SyncState.EMPTY, Map.of(stream, new Generation(1, false)));
            orders.end(1, SUCCEEDED);
        }
        try (ConnectionState orders = store().acquire("orders")) {
            assertThat(orders.generations()).containsExactly(Map.entry(stream, new Generation(1, false)));
            orders.complete(stream);
            assertThat(orders.generations()).containsExactly(Map.entry(stream, new Generation(1, true)));
            assertThat(orders.begin(NO_LOG)).isEqualTo(2);
            orders.start(SyncState.EMPTY, Map.of(stream, new Generation(2, false)));
            assertThat(orders.generations()).containsExactly(Map.entry(stream, new Generation(2, false)));
        }
        try (ConnectionState other = store().acquire("other")) {
            assertThat(other.generations()).isEmpty();
            assertThat(other.begin(NO_LOG)).isEqualTo(1);
        }
    }

    @Test
    default void keepsTheHistoryOfEachConnectionNewestFirst() {
        Run.End failed = new Run.End(
                Instant.ofEpochMilli(2_000), Run.Outcome.FAILED, 5, 7, 70, 3, 1, "connector.failed", "it ended: é\n2");
        try (ConnectionState orders = store().acquire("orders");
                ConnectionState other = store().acquire("other")) {
            orders.end(orders.begin(sync -> Optional.of("logs/%d.log".formatted(sync))), SUCCEEDED);
            other.begin(NO_LOG);
            orders.end(orders.begin(NO_LOG), failed);
            orders.begin(NO_LOG);
        }

        List<Run> runs = store().runs("orders", 10);
        assertThat(runs).extracting(Run::sync).containsExactly(3L, 2L, 1L);
        assertThat(runs)
                .extracting(Run::end)
                .containsExactly(Optional.empty(), Optional.of(failed), Optional.of(SUCCEEDED));
        assertThat(runs)
                .extracting(Run::log)
                .containsExactly(Optional.empty(), Optional.empty(), Optional.of("logs/1.log"));
        assertThat(runs).extracting(Run::started).allMatch(at -> !at.isAfter(Instant.now()));
        assertThat(store().runs("orders", 1)).extracting(Run::sync).containsExactly(3L);
        assertThat(store().run("orders", 2).orElseThrow().end()).contains(failed);
        assertThat(store().run("orders", 4)).isEmpty();
        assertThat(store().runs("nobody", 10)).isEmpty();
    }

    /// As the first version of the tables left it.
    @Test
    default void readsTheHistoryOfAnEarlierVersion() throws SQLException {
        try (ConnectionState orders = store().acquire("orders")) {
            orders.end(orders.begin(NO_LOG), SUCCEEDED);
            orders.begin(NO_LOG);
            orders.begin(NO_LOG);
        }
        for (String column : List.of("attempts", "committed", "checkpoints", "outcome", "failure_code", "log")) {
            execute("ALTER TABLE sluice_sync DROP COLUMN " + column);
        }
        execute("ALTER TABLE sluice_generation DROP COLUMN refresh");
        execute("UPDATE sluice_sync SET ended_at = 5, records = 1, bytes = 2, failure = 'it ended' WHERE sync = 2");
        execute("DROP TABLE sluice_config");
        execute("DELETE FROM sluice_schema_history WHERE version <> '1' AND version <> '0'");

        List<Run> runs = OtherRunner.open(place()).runs("orders", 10);
        assertThat(runs)
                .extracting(run -> run.end().map(end -> end.outcome() + " " + end.attempts() + " " + end.message()))
                .containsExactly(Optional.empty(), Optional.of("FAILED 1 it ended"), Optional.of("SUCCEEDED 1 "));
    }

    @Test
    default void remembersThatAGenerationIsARefresh() {
        StreamDescriptor stream = new StreamDescriptor("orders");
        try (ConnectionState orders = store().acquire("orders")) {
            orders.start(SyncState.EMPTY, Map.of(stream, new Generation(7, false, true)));
            assertThat(orders.generations()).containsEntry(stream, new Generation(7, false, true));
            orders.start(SyncState.EMPTY, Map.of(stream, new Generation(8, false)));
            assertThat(orders.generations()).containsEntry(stream, new Generation(8, false, false));
        }
    }

    @Test
    default void letsOneRunnerHaveAConnectionAtATime() {
        ConnectionState first = store().acquire("orders");
        assertThatThrownBy(() -> store().acquire("orders")).isInstanceOfSatisfying(RunnerException.class, e -> {
            assertThat(e).hasMessage("another sync of the connection 'orders' is running");
            assertThat(e.code()).isEqualTo("connection.busy");
            assertThat(e.type()).isEqualTo(FailureType.TRANSIENT_ERROR);
        });
        // Being refused must not have loosened the first one's hold.
        assertThatThrownBy(() -> store().acquire("orders")).isInstanceOf(RunnerException.class);
        first.save(perStream("a", "1"));
        first.close();
        store().acquire("orders").close();
    }

    @Test
    default void refusesAConnectionThatAnotherProcessHasUntilItIsKilled() throws Exception {
        try (OtherRunner other = OtherRunner.holding(place(), "orders")) {
            assertThatThrownBy(() -> store().acquire("orders"))
                    .hasMessage("another sync of the connection 'orders' is running");
            other.kill();
        }
        // PostgreSQL notices the end of a session in its own time.
        for (int i = 0; ; i++) {
            try (ConnectionState orders = store().acquire("orders")) {
                orders.save(perStream("a", "1"));
                return;
            } catch (RunnerException e) {
                assertThat(e.code()).isEqualTo("connection.busy");
                assertThat(i).isLessThan(100_000);
            }
        }
    }

    @Test
    default void refusesTheWritesOfARunnerThatWasTakenOver() throws SQLException {
        StreamDescriptor stream = new StreamDescriptor("a");
        try (ConnectionState stale = store().acquire("orders")) {
            stale.start(perStream("a", "1"), Map.of(stream, new Generation(1, false)));
            execute("UPDATE sluice_connection SET epoch = epoch + 1 WHERE name = 'orders'");

            assertThatThrownBy(() -> stale.save(perStream("a", "2")))
                    .hasMessage("another runner has taken over the connection 'orders'");
            assertThatThrownBy(() -> stale.begin(NO_LOG)).isInstanceOf(RunnerException.class);
            assertThatThrownBy(() -> stale.start(SyncState.EMPTY, Map.of())).isInstanceOf(RunnerException.class);
            assertThatThrownBy(() -> stale.complete(stream)).isInstanceOf(RunnerException.class);
            assertThatThrownBy(() -> stale.end(1, SUCCEEDED)).isInstanceOf(RunnerException.class);
            assertThat(store().peek("orders")).contains(perStream("a", "1"));
            assertThat(stale.generations()).containsEntry(stream, new Generation(1, false));
        }
    }

    @Test
    default void runsConnectionsSideBySide() throws InterruptedException {
        Thread[] threads = IntStream.range(0, 4)
                .mapToObj(i -> Thread.ofVirtual().start(() -> {
                    try (ConnectionState state = store().acquire("connection-" + i)) {
                        for (int n = 1; n <= 25; n++) {
                            state.save(perStream("a", String.valueOf(n)));
                        }
                    }
                }))
                .toArray(Thread[]::new);
        for (Thread thread : threads) {
            thread.join();
        }
        for (int i = 0; i < 4; i++) {
            assertThat(store().peek("connection-" + i)).contains(perStream("a", "25"));
        }
    }

    @Test
    default void opensAStoreThatIsThereAlready() {
        try (ConnectionState orders = store().acquire("orders")) {
            orders.save(perStream("a", "1"));
        }
        assertThat(OtherRunner.open(place()).peek("orders")).contains(perStream("a", "1"));
    }

    private static KeptConfig config(String token) {
        return KeptConfig.inPlaceOf("source-x", (ObjectNode) json("{\"token\":\"written\"}"), (ObjectNode)
                json("{\"n\":1.50,\"token\":\"%s\"}".formatted(token)));
    }

    @Test
    default void keepsTheLastConfigurationOfEachSide() {
        KeptConfigs orders = store().configs("orders");
        assertThat(orders.config(Side.SOURCE)).isEmpty();
        KeptConfig last = config("t2");
        orders.keep(Side.SOURCE, config("t1"));
        orders.keep(Side.SOURCE, last);
        orders.keep(Side.DESTINATION, config("d1"));
        store().configs("other").keep(Side.SOURCE, config("o1"));

        KeptConfigs reopened = OtherRunner.open(place()).configs("orders");
        assertThat(reopened.config(Side.SOURCE)).contains(last);
        assertThat(reopened.config(Side.DESTINATION).orElseThrow().config())
                .isEqualTo(config("d1").config());
        assertThat(store().peek("orders")).as("a connection that never ran").isEmpty();
    }

    @Test
    default void aHolderAndAPasserByWriteConfigurationsInTurn() {
        try (ConnectionState held = store().acquire("orders")) {
            KeptConfigs passing = store().configs("orders");
            held.keep(Side.SOURCE, config("t1"));
            passing.keep(Side.SOURCE, config("t2"));
            assertThat(held.config(Side.SOURCE).orElseThrow().config())
                    .isEqualTo(config("t2").config());
            held.save(perStream("a", "1"));
            KeptConfig last = config("t3");
            held.keep(Side.SOURCE, last);
            assertThat(passing.config(Side.SOURCE)).contains(last);
        }
    }

    @Test
    default void aRunnerThatWasTakenOverKeepsNoConfiguration() throws SQLException {
        try (ConnectionState stale = store().acquire("orders")) {
            KeptConfig newer = config("newer");
            store().configs("orders").keep(Side.SOURCE, newer);
            execute("UPDATE sluice_connection SET epoch = epoch + 1 WHERE name = 'orders'");
            assertThatThrownBy(() -> stale.keep(Side.SOURCE, config("stale")))
                    .hasMessage("another runner has taken over the connection 'orders'");
            assertThatThrownBy(() -> stale.drop(Side.SOURCE, newer)).isInstanceOf(RunnerException.class);
            assertThat(store().configs("orders").config(Side.SOURCE)).contains(newer);
        }
    }

    @Test
    default void dropsOnlyTheConfigurationThatWasSeen() {
        KeptConfigs orders = store().configs("orders");
        KeptConfig seen = config("t1");
        KeptConfig since = config("t2");
        orders.keep(Side.SOURCE, since);
        orders.drop(Side.SOURCE, seen);
        assertThat(orders.config(Side.SOURCE)).contains(since);
        orders.drop(Side.SOURCE, since);
        assertThat(orders.config(Side.SOURCE)).isEmpty();
    }

    @Test
    default void refusesAStoreOfANewerSluice() throws SQLException {
        execute("UPDATE sluice_schema_history SET version = '99' WHERE version = '2'");
        assertThatThrownBy(() -> OtherRunner.open(place())).isInstanceOfSatisfying(RunnerException.class, e -> {
            assertThat(e).hasMessage("the state store was made by a newer Sluice: its version is 99, this one knows 3");
            assertThat(e.code()).isEqualTo("state.newer");
            assertThat(e.type()).isEqualTo(FailureType.CONFIG_ERROR);
            assertThat(e.next()).contains("use that Sluice, or name another place with --state");
        });
    }
}
