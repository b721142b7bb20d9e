package dev.sluice;

import static dev.sluice.TestingConnectors.TAKES;
import static dev.sluice.TestingConnectors.record;
import static dev.sluice.TestingConnectors.say;
import static dev.sluice.TestingConnectors.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.AirbyteRecordMessage;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.sync.StreamProgress;
import dev.sluice.runner.sync.SyncReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The library, with connectors that are shell scripts.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SluiceTest {
    private static final Map<String, String> TOKEN = Map.of("token", "hunter22");

    @TempDir
    private Path folder;

    private final List<String> log = new CopyOnWriteArrayList<>();
    private TestingConnectors connectors;
    private Sluice sluice;

    @BeforeEach
    void open() throws IOException {
        Files.createDirectory(folder.resolve("tmp"));
        connectors = new TestingConnectors(folder);
        sluice = builder().open();
    }

    private Sluice.Builder builder() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("TMPDIR", folder.resolve("tmp").toString());
        environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        return Sluice.builder()
                .directory(folder)
                .environment(environment)
                .log((level, connector, text) -> log.add(level + " " + text));
    }

    @AfterEach
    void close() {
        sluice.close();
    }

    private Source source(String read) throws IOException {
        return connectors.source(sluice, read).config(TOKEN);
    }

    private static RunnerException failure(Runnable action) {
        return catchThrowableOfType(RunnerException.class, action::run);
    }

    private static List<Integer> ids(Records records) {
        List<Integer> ids = new ArrayList<>();
        for (AirbyteRecordMessage record : records) {
            ids.add(record.data().get("id").asInt());
        }
        return ids;
    }

    @Test
    void checkSaysNothingWhenTheSettingsWork() throws IOException {
        source("").check();
    }

    @Test
    void checkThrowsTheConnectorsWordsWithoutItsSecret() throws IOException {
        Source source = connectors
                .source(
                        sluice,
                        "echo '{\"type\":\"CONNECTION_STATUS\",\"connectionStatus\":{\"status\":\"FAILED\","
                                + "\"message\":\"hunter22 is not let in\"}}'",
                        "")
                .config(TOKEN);

        RunnerException e = failure(source::check);

        assertThat(e.code()).isEqualTo("connector.check_failed");
        assertThat(e).hasMessage("the configuration of %s/source does not work: **** is not let in".formatted(folder));
        assertThat(e.getStackTrace())
                .as("the stack of the caller")
                .anyMatch(frame -> frame.getClassName().equals(SluiceTest.class.getName()));
    }

    @Test
    void checkTakesTheReasonOfAConnectorThatGaveUpForItsAnswer() throws IOException {
        Source source = connectors
                .source(
                        sluice,
                        "echo '{\"type\":\"TRACE\",\"trace\":{\"type\":\"ERROR\",\"emitted_at\":1,\"error\":{\"message\":"
                                + "\"no route for hunter22\",\"failure_type\":\"transient_error\"}}}'; exit 1",
                        "")
                .config(TOKEN);

        RunnerException e = failure(source::check);

        assertThat(e.code()).isEqualTo("connector.check_failed");
        assertThat(e.type()).isEqualTo(FailureType.TRANSIENT_ERROR);
        assertThat(e).hasMessage("the configuration of %s/source does not work: no route for ****".formatted(folder));
    }

    @Test
    void theLogShowsNoSecret() throws Exception {
        String says = "echo \"my token is hunter22\" >&2; " + say(record(1), state(1));
        try (Records records = source(says).select("users").read()) {
            assertThat(ids(records)).containsExactly(1);
        }
        source(says).select("users").syncTo(connectors.destination(sluice, TAKES), "shop");

        assertThat(log).filteredOn(line -> line.endsWith("my token is ****")).hasSize(2);
        assertThat(log).noneMatch(line -> line.contains("hunter22"));
    }

    @Test
    void namesEveryWrongSettingByItsKey() throws IOException {
        Source source = connectors.source(sluice, "").config(Map.of("cuont", 3, "since", 7));

        RunnerException e = failure(source::check);

        assertThat(e.code()).isEqualTo("config.invalid");
        assertThat(e).hasMessage("""
                there are 3 problems in the connection
                  `source.config.cuont` is not a setting of this connector; did you mean 'count'?
                  `source.config.since` has the wrong type: integer found, string expected; put it in quotes
                  `source.config.token` is missing""");
    }

    @Test
    void namesAnUnknownKeyOfAConnector() throws IOException {
        assertThat(failure(source("").with("memroy", "1g")::check))
                .hasMessage(
                        "there is a problem in the connection\n  `source.memroy` is not known; did you mean 'memory'?");
    }

    @Test
    void anImageNeedsNoHomeButAnotherNameDoes() {
        assertThat(sluice.source("airbyte/source-github:2.1.0")).hasToString("source airbyte/source-github:2.1.0");
        RunnerException e = failure(() -> sluice.source("faker"));
        assertThat(e.code()).isEqualTo("connector.unknown");
        assertThat(e).hasMessage("'faker' is not an image with its tag, and this Sluice has no connectors of its own");
    }

    @Test
    void findsOursByTypeOrByFullName() throws IOException {
        Files.createDirectories(folder.resolve("home/connectors/source-ours"));
        try (Sluice withHome = builder().home(folder.resolve("home")).open()) {
            assertThat(withHome.source("ours")).hasToString("source ours");
            assertThat(withHome.source("source-ours")).hasToString("source ours");
            assertThat(failure(withHome.source("uors")::check))
                    .hasMessage("there is a problem in the connection\n"
                            + "  `source.type` is 'uors', which is not one of ours; did you mean 'ours'?");
        }
    }

    @Test
    void tellsStreamsAndSpec() throws IOException {
        Source source = source("");

        assertThat(source.streams()).extracting(AirbyteStream::name).containsExactly("users");
        assertThat(connectors
                        .source(sluice, "")
                        .spec()
                        .connectionSpecification()
                        .path("required")
                        .toString())
                .isEqualTo("[\"token\"]");
    }

    record Settings(String token, @JsonProperty("count") int howMany, Path since) {}

    @Test
    void givesSettingsToTheConnectorAsTheyStand() throws IOException {
        String show =
                "sed 's/.*/{\"type\":\"RECORD\",\"record\":{\"stream\":\"users\",\"data\":{\"id\":1,\"name\":&},\"emitted_at\":1}}/' \"$config\"";

        try (Records records = connectors
                .source(sluice, show)
                .config(Map.of("token", "a${HOME}b", "count", 7, "since", LocalDate.of(2026, 1, 2)))
                .read()) {
            JsonNode data = records.iterator().next().data().get("name");
            assertThat(data)
                    .isEqualTo(Json.mapper()
                            .createObjectNode()
                            .put("token", "a${HOME}b")
                            .put("count", 7)
                            .put("since", "2026-01-02"));
        }
        try (Records records = connectors
                .source(sluice, show)
                .config(new Settings("secret", 3, Path.of("/tmp/x")))
                .read()) {
            assertThat(records.iterator().next().data().get("name").toString())
                    .isEqualTo("{\"token\":\"secret\",\"count\":3,\"since\":\"/tmp/x\"}");
        }
    }

    @Test
    void readsRecordsAndKeepsThePlace() throws IOException {
        Source source = source(say(record(1), record(2), state(2), record(3)));

        try (Records records = source.select("users").read()) {
            assertThat(records.state().toString()).isEqualTo("[]");
            AirbyteRecordMessage first = records.iterator().next();
            assertThat(first.stream()).isEqualTo("users");
            assertThat(first.data().toString()).isEqualTo("{\"id\":1}");
            assertThat(first.emittedAt()).isEqualTo(1_700_000_000_000L);
        }
        try (Records records = source.select("users").read()) {
            assertThat(ids(records)).containsExactly(1, 2, 3);
            assertThat(records.state().toString())
                    .isEqualTo("[{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"users\"},"
                            + "\"stream_state\":{\"id\":2}}}]");
        }
    }

    @Test
    void aStateCoversOnlyWhatWasReturned() throws IOException {
        try (Records records =
                source(say(record(1), state(1), record(2), state(2))).read()) {
            var iterator = records.iterator();
            iterator.next();
            assertThat(records.state().toString()).isEqualTo("[]");
            iterator.next();
            assertThat(records.state().toString()).contains("{\"id\":1}");
            assertThat(iterator.hasNext()).isFalse();
            assertThat(records.state().toString()).contains("{\"id\":2}");
        }
    }

    @Test
    void continuesBehindAState() throws IOException {
        Source source = source("if [ -n \"$state\" ]; then cp \"$state\" given; " + say(record(3), state(3)) + "else "
                + say(record(1), record(2), state(2)) + "fi");
        JsonNode place;
        try (Records records = source.read()) {
            assertThat(ids(records)).containsExactly(1, 2);
            place = records.state();
        }
        try (Records records = source.selectAll().read(place)) {
            assertThat(ids(records)).containsExactly(3);
            assertThat(records.state().toString()).contains("{\"id\":3}");
        }
        assertThat(Json.mapper().readTree(folder.resolve("given").toFile())).isEqualTo(place);
    }

    @Test
    void refusesAStateThatIsNone() throws IOException {
        Source source = source("");
        assertThat(failure(() -> source.selectAll()
                                .read(Json.mapper().createArrayNode().add(1)))
                        .code())
                .isEqualTo("state.invalid");
    }

    @Test
    void leavesOutColumnsThatWereNotSelected() throws IOException {
        String line = record(1).replace("\"id\":1", "\"id\":1,\"name\":\"Zoë\",\"age\":3");
        try (Records records = source(say(line))
                .select(Map.of("users", Map.of("fields", List.of("id", "name"))))
                .read()) {
            assertThat(records.iterator().next().data().toString()).isEqualTo("{\"id\":1,\"name\":\"Zoë\"}");
        }
    }

    @Test
    void namesAStreamThatIsNotThere() throws IOException {
        Selection usres = source("").select("usres");
        assertThat(failure(usres::read))
                .hasMessage("there is a problem in the connection\n  `streams.usres` is not a stream of %s/source;"
                                .formatted(folder)
                        + " did you mean 'users'?");
    }

    @Test
    void throwsTheCauseBehindTheLastRecord() throws IOException {
        String trace = "{\"type\":\"TRACE\",\"trace\":{\"type\":\"ERROR\",\"emitted_at\":1,\"error\":"
                + "{\"message\":\"hunter22 has expired\",\"failure_type\":\"config_error\"}}}";
        List<Integer> seen = new ArrayList<>();

        try (Records records =
                source(say(record(1), record(2), trace) + "exit 1").read()) {
            RunnerException e = failure(
                    () -> records.forEach(r -> seen.add(r.data().get("id").asInt())));

            assertThat(e).hasMessage(folder + "/source: **** has expired");
            assertThat(e.code()).isEqualTo("connector.failed");
            assertThat(e.getSuppressed())
                    .extracting(Throwable::getMessage)
                    .containsExactly(folder + "/source exited with code 1 during read");
        }
        assertThat(seen).containsExactly(1, 2);
    }

    @Test
    void doesNotPassOverALostRecord() throws IOException {
        try (Records records = source(say(record(1), "{\"type\":\"RECORD\",\"record\":{\"stream\"", record(3)))
                .read()) {
            assertThat(failure(() -> ids(records)).code()).isEqualTo("source.lost_records");
        }
    }

    @Test
    void stopsASourceThatSendsNothing() throws Exception {
        try (Sluice impatient = builder().limits(Map.of("source_timeout", "2s")).open();
                Records records = connectors
                        .source(impatient, say(record(1)) + "exec sleep 1000")
                        .config(TOKEN)
                        .read()) {
            assertThat(failure(() -> ids(records)).code()).isEqualTo("source.timeout");
            assertThat(connectors.isGone("read.pid")).isTrue();
        }
    }

    @Test
    void namesALimitThatIsNone() throws IOException {
        try (Sluice wrong = builder().limits(Map.of("source_timeout", "soon")).open()) {
            Source source = connectors.source(wrong, "").config(TOKEN);
            assertThat(failure(source::check))
                    .hasMessageContaining("`limits.source_timeout` is 'soon'; write it like 30m or 3h");
        }
    }

    @Test
    void closingStopsTheSource() throws Exception {
        Source source = source("while :; do echo '" + record(1) + "'; done");

        try (Records records = source.read()) {
            assertThat(records.stream().limit(5).toList()).hasSize(5);
            assertThat(connectors.isGone("read.pid")).isFalse();
        }

        assertThat(connectors.isGone("read.pid")).isTrue();
    }

    @Test
    void closingTheStreamStopsTheSource() throws Exception {
        Source source = source("while :; do echo '" + record(1) + "'; done");
        try (var users = source.read().stream()) {
            assertThat(users.parallel().limit(3).toList()).hasSize(3);
        }
        assertThat(connectors.isGone("read.pid")).isTrue();
    }

    @Test
    void recordsAreReadOnce() throws IOException {
        try (Records records = source(say(record(1))).read()) {
            assertThat(ids(records)).hasSize(1);
            assertThatIllegalStateException().isThrownBy(records::iterator);
        }
    }

    @Test
    void anEndByCloseIsNotTakenForTheEndOfTheData() throws Exception {
        try (Records records = source(say(record(1)) + "exec sleep 1000").read()) {
            var iterator = records.iterator();
            iterator.next();
            CompletableFuture<RunnerException> waiting =
                    CompletableFuture.supplyAsync(() -> failure(iterator::hasNext));
            records.close();
            assertThat(waiting.get().code()).isEqualTo("runner.stopped");
        }
    }

    /// Runs the action on a thread of its own, interrupts it once the connector is at work, and returns what it threw.
    private RunnerException interrupted(String pidFile, Runnable action) throws InterruptedException {
        CompletableFuture<RunnerException> thrown = new CompletableFuture<>();
        List<Boolean> interrupt = new CopyOnWriteArrayList<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            thrown.complete(failure(action));
            interrupt.add(Thread.currentThread().isInterrupted());
        });
        connectors.written(pidFile);
        thread.interrupt();
        thread.join();
        assertThat(interrupt).as("the interrupt stays set").containsExactly(true);
        return thrown.join();
    }

    @Test
    void anInterruptStopsARead() throws Exception {
        try (Records records = source(say(record(1)) + "exec sleep 1000").read()) {
            assertThat(interrupted("read.pid", () -> ids(records)).code()).isEqualTo("runner.stopped");
            assertThat(connectors.isGone("read.pid")).isTrue();
        }
    }

    @Test
    void anInterruptStopsACheck() throws Exception {
        Source source = connectors
                .source(sluice, "echo $$ >check.pid; exec sleep 1000", "")
                .config(TOKEN);
        assertThat(interrupted("check.pid", source::check).code()).isEqualTo("runner.stopped");
        assertThat(connectors.isGone("check.pid")).isTrue();
    }

    @Test
    void anInterruptStopsASyncAndKeepsWhatWasCommitted() throws Exception {
        Source source = source("if [ -n \"$state\" ]; then " + say(record(2), state(2)) + "else "
                + say(record(1), state(1)) + "exec sleep 1000; fi");
        Destination destination = connectors.destination(sluice, "sed -u -n '/\"STATE\"/{p; w returned\n}'");

        RunnerException e = interrupted("returned", () -> source.syncTo(destination, "shop"));

        assertThat(e.code()).isIn("runner.stopped", "sync.cancelled");
        assertThat(connectors.isGone("read.pid")).isTrue();
        assertThat(connectors.isGone("write.pid")).isTrue();
        assertThat(source.syncTo(destination, "shop").records()).isEqualTo(1);
    }

    @Test
    void closingSluiceEndsEverything() throws Exception {
        Records records = source(say(record(1)) + "exec sleep 1000").read();
        var iterator = records.iterator();
        iterator.next();

        sluice.close();

        assertThat(connectors.isGone("read.pid")).isTrue();
        assertThat(failure(iterator::hasNext).code()).isEqualTo("runner.stopped");
        Source source = source("");
        assertThatIllegalStateException().isThrownBy(source::check).withMessage("this Sluice is closed");
    }

    @Test
    void syncsWhatIsNewAndContinues() throws IOException {
        Source source = source("if [ -n \"$state\" ]; then " + say(record(3), state(3)) + "else "
                + say(record(1), record(2), state(2)) + "fi");
        Destination destination = connectors.destination(sluice, TAKES);

        SyncReport first = source.select("users").syncTo(destination, "shop");

        assertThat(first.records()).isEqualTo(2);
        assertThat(first.committed()).isEqualTo(2);
        assertThat(first.streams()).extracting(StreamProgress::complete).containsExactly(true);
        assertThat(folder.resolve(".sluice/state.db")).exists();
        assertThat(source.syncTo(destination, "shop").records()).isEqualTo(1);
        assertThat(source.syncTo(destination, "another").records()).isEqualTo(2);
        assertThat(Files.readAllLines(folder.resolve("taken")).stream().filter(line -> line.contains("\"RECORD\"")))
                .hasSize(5);
    }

    @Test
    void readsAStreamFromTheStartWhenItIsToBeRefreshed() throws IOException {
        Source source = source("if [ -n \"$state\" ]; then " + say(record(3), state(3)) + "else "
                + say(record(1), record(2), state(2)) + "fi");
        Destination destination = connectors.destination(sluice, TAKES);
        Selection users = source.select("users");
        users.syncTo(destination, "shop");

        assertThat(users.refresh("users").syncTo(destination, "shop").records()).isEqualTo(2);
        assertThat(users.syncTo(destination, "shop").records()).isEqualTo(1);
        assertThat(failure(() -> users.refresh("usres").syncTo(destination, "shop")))
                .hasMessage("'usres' is not a stream of this sync; did you mean 'users'?");
    }

    /// Notes what it is configured with, and asks for a token that nobody had before.
    private static final String RENEWS = """
            cat "$config" >>given; echo >>given
            echo '{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","emitted_at":1,"connectorConfig":\
            {"config":{"token":"renewed-'$(wc -l <given)'"}}}}'
            """;

    private Source renewing(Sluice with) throws IOException {
        return connectors
                .source(
                        with,
                        RENEWS
                                + say(
                                        "{\"type\":\"CONNECTION_STATUS\",\"connectionStatus\":{\"status\":\"SUCCEEDED\"}}"),
                        RENEWS + say(record(1), state(1)))
                .config(TOKEN);
    }

    private List<String> given() throws IOException {
        return Files.readAllLines(folder.resolve("given")).stream()
                .map(line -> line.replaceAll(".*\"token\":\"(.*)\"}", "$1"))
                .toList();
    }

    @Test
    void aRenewedTokenCountsForTheNextCallWhateverItIs() throws IOException {
        Source source = renewing(sluice);
        Destination destination = connectors.destination(sluice, TAKES);

        source.check();
        try (Records records = source.read()) {
            ids(records);
        }
        source.syncTo(destination, "shop");
        source.with("launch", "process").check();
        source.syncTo(destination, "another");

        assertThat(given()).containsExactly("hunter22", "renewed-1", "renewed-2", "renewed-3", "renewed-4");
    }

    @Test
    void aTokenThatIsRenewedUnderTheNameOfAConnectionOutlivesTheProgram() throws IOException {
        Source before = renewing(sluice);
        before.check();
        before.syncTo(connectors.destination(sluice, TAKES), "shop");
        sluice.close();

        try (Sluice later = builder().open()) {
            Source after = renewing(later);
            after.connection("shop").check();
            after.syncTo(connectors.destination(later, TAKES), "shop");
        }
        try (Sluice later = builder().open()) {
            renewing(later).check();
        }
        assertThat(given()).containsExactly("hunter22", "renewed-1", "renewed-2", "renewed-3", "hunter22");
    }

    @Test
    void twoSourcesWithoutANameDoNotGetEachOthersToken() throws IOException {
        Source one = renewing(sluice);
        Source other = renewing(sluice).config(Map.of("token", "swordfish"));
        for (int i = 0; i < 2; i++) {
            one.check();
            other.check();
        }
        assertThat(given()).containsExactly("hunter22", "swordfish", "renewed-1", "renewed-2");
        assertThat(folder.resolve(".sluice")).as("nothing is to be kept").doesNotExist();
    }

    @Test
    void tellsTheListenerOnTheCallersThread() throws IOException {
        List<String> heard = new ArrayList<>();
        Thread caller = Thread.currentThread();
        try (Sluice quick = builder().limits(Map.of("retry_after", "10ms")).open()) {
            SyncReport report = connectors
                    .source(quick, "if [ -e again ]; then " + say(record(1), state(1)) + "else touch again; exit 1; fi")
                    .config(TOKEN)
                    .selectAll()
                    .syncTo(connectors.destination(quick, TAKES), "shop", new SyncListener() {
                        @Override
                        public void progress(List<StreamProgress> streams) {
                            assertThat(Thread.currentThread()).isSameAs(caller);
                            heard.add("%d records"
                                    .formatted(streams.stream()
                                            .mapToLong(StreamProgress::records)
                                            .sum()));
                        }

                        @Override
                        public void failed(int attempt, RunnerException cause, Duration wait) {
                            assertThat(Thread.currentThread()).isSameAs(caller);
                            heard.add("attempt %d: %s".formatted(attempt, cause.code()));
                        }
                    });
            assertThat(report.attempts()).isEqualTo(2);
        }
        assertThat(heard).contains("attempt 1: connector.exited").endsWith("1 records");
    }

    @Test
    void aSyncThatFailsThrowsItsCause() throws IOException {
        try (Sluice once = builder().limits(Map.of("attempts", 1)).open()) {
            Source failing = connectors
                    .source(once, say(record(1)) + "echo 'no such host' >&2; exit 1")
                    .config(TOKEN);
            Destination taking = connectors.destination(once, TAKES);

            assertThat(failure(() -> failing.syncTo(taking, "shop")))
                    .hasMessage(folder + "/source exited with code 1 during read; it last said: no such host");
        }
    }

    @Test
    void twoSyncsOfOneNameDoNotRunAtOnce() throws Exception {
        Source source = source(say(record(1), state(1)) + "while ! [ -e go ]; do sleep 0.05; done");
        Destination destination = connectors.destination(sluice, TAKES);
        CompletableFuture<SyncReport> first = CompletableFuture.supplyAsync(() -> source.syncTo(destination, "shop"));
        connectors.written("read.pid");

        assertThat(failure(() -> source.syncTo(destination, "shop")).code()).isEqualTo("connection.busy");

        Files.createFile(folder.resolve("go"));
        assertThat(first.get().records()).isEqualTo(1);
    }

    @Test
    void whatConnectorsSayGoesToTheLogWithoutSecrets() throws IOException {
        try (Records records = source("echo 'hunter22 in stderr' >&2; echo 'hunter22 in stdout'; " + say(record(1)))
                .read()) {
            assertThat(ids(records)).hasSize(1);
        }
        assertThat(log).contains("INFO **** in stderr", "INFO **** in stdout");
    }

    @Test
    void whatAListenerThrowsStopsTheSync() throws Exception {
        Source source = source(say(record(1), state(1)) + "exec sleep 1000");
        Destination destination = connectors.destination(sluice, TAKES);

        assertThatThrownBy(() -> source.selectAll().syncTo(destination, "shop", new SyncListener() {
                    @Override
                    public void progress(List<StreamProgress> streams) {
                        if (streams.stream().anyMatch(stream -> stream.committed() > 0)) {
                            throw new ArithmeticException("enough");
                        }
                    }
                }))
                .isInstanceOf(ArithmeticException.class);
        assertThat(connectors.isGone("read.pid")).isTrue();
        assertThat(connectors.isGone("write.pid")).isTrue();
    }
}
