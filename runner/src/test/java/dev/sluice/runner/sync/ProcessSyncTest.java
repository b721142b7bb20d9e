package dev.sluice.runner.sync;

import static dev.sluice.runner.sync.Lines.incremental;
import static dev.sluice.runner.sync.Lines.record;
import static dev.sluice.runner.sync.Lines.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.Launcher;
import dev.sluice.runner.launch.ProcessMark;
import dev.sluice.runner.launch.RunDirectory;
import dev.sluice.runner.launch.RunningConnector;
import dev.sluice.runner.launch.process.ProcessLauncher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Syncs between programs of a few lines that misbehave as real ones do.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // A read of a pipe heeds no interrupt.
final class ProcessSyncTest {
    /// Returns each state, and ends well at the end of its input.
    private static final String RETURNING = "exec awk '/\"STATE\"/ { print; fflush() }'";

    @TempDir
    private Path directory;

    private final Scene scene = new Scene(incremental("orders"));
    private RunDirectory run;

    @BeforeEach
    void makeRunDirectory() {
        run = RunDirectory.create(directory);
    }

    @AfterEach
    void leavesNothingBehind() throws IOException {
        assertThat(ProcessMark.of(run.path()).kill()).as("processes").isEmpty();
        try (var files = Files.list(run.path())) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .as("files of connectors")
                    .containsExactlyInAnyOrder("lock", "processes");
        }
        run.close();
        assertThat(run.path()).doesNotExist();
    }

    private Path program(String name, String script) throws IOException {
        Path file = directory.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file;
    }

    /// A shell command that prints lines.
    private static String say(String... lines) {
        return "cat <<'END'\n" + String.join("\n", lines) + "\nEND\n";
    }

    private SyncReport run(String source, String destination) throws Exception {
        return scene.programs(program("source", source), program("destination", destination))
                .run(new ProcessLauncher(run));
    }

    private static String cause(SyncReport report) {
        return report.failures().getFirst().getMessage();
    }

    @Test
    void movesRecordsBetweenPrograms() throws Exception {
        SyncReport report = run(say(record("orders", 1), state("orders", 1)), RETURNING);

        assertThat(report.failures()).isEmpty();
        assertThat(scene.stored()).contains("\"cursor\":1");
        assertThat(report.streams().getFirst().committed()).isEqualTo(1);
    }

    @Test
    void tellsASourceKilledFromOutside() throws Exception {
        SyncReport report = run(say(record("orders", 1), state("orders", 1)) + "kill -9 $$", RETURNING);

        assertThat(cause(report)).isEqualTo("source-x was killed by signal 9 during read");
        assertThat(scene.stored()).contains("\"cursor\":1");
    }

    @Test
    void tellsADestinationKilledFromOutside() throws Exception {
        SyncReport report = run(say(record("orders", 1)) + "exec sleep 1000", "read line; kill -9 $$");

        assertThat(report.failures())
                .extracting(RunnerException::getMessage)
                .containsExactly("destination-y was killed by signal 9 during write");
        assertThat(scene.store.saved).isEmpty();
    }

    @Test
    void quotesTheLastWordsOfASourceThatExitsAtOnce() throws Exception {
        SyncReport report = run("echo 'no module named airbyte' >&2; exit 1", RETURNING);

        assertThat(cause(report))
                .isEqualTo("source-x exited with code 1 during read; it last said: no module named airbyte");
    }

    @Test
    void survivesGarbage() throws Exception {
        SyncReport report = run(
                "head -c 3000000 /dev/urandom; echo; " + say(record("orders", 1), state("orders", 1))
                        + "head -c 1000 /dev/urandom | tr -d '\\n'",
                RETURNING);

        assertThat(report.failures()).isEmpty();
        assertThat(report.records()).isEqualTo(1);
    }

    /// Gives a source for started once it has made this file: its limit is not to run out while the machine is busy.
    private Launcher launcherThatWaitsFor(Path file) {
        ProcessLauncher processes = new ProcessLauncher(run);
        return new Launcher() {
            @Override
            public RunningConnector launch(ConnectorLaunch connector, ConnectorCommand command, LineSink stderr)
                    throws InterruptedException {
                RunningConnector running = processes.launch(connector, command, stderr);
                while (command instanceof ConnectorCommand.Read && !Files.exists(file)) {
                    Thread.sleep(5); // For a condition; the test's own limit ends it.
                }
                return running;
            }

            @Override
            public String fingerprint(ConnectorLaunch connector) throws InterruptedException {
                return processes.fingerprint(connector);
            }
        };
    }

    @Test
    void stopsASourceThatHangsWithOpenPipes() throws Exception {
        scene.limits(Duration.ofSeconds(1), Duration.ofSeconds(30));
        Path said = directory.resolve("said");
        SyncReport report = scene.programs(
                        program(
                                "source",
                                say(record("orders", 1), state("orders", 1)) + "touch " + said + "; exec sleep 1000"),
                        program("destination", RETURNING))
                .run(launcherThatWaitsFor(said));

        assertThat(cause(report)).isEqualTo("source-x sent nothing for 1 s and was stopped");
        assertThat(scene.stored()).contains("\"cursor\":1");
    }

    @Test
    void stopsASourceThatIgnoresBeingAsked() throws Exception {
        scene.limits(Duration.ofSeconds(1), Duration.ofSeconds(30));
        SyncReport report = run("trap '' TERM; while :; do sleep 1; done", RETURNING);

        assertThat(cause(report)).isEqualTo("source-x sent nothing for 1 s and was stopped");
    }

    @Test
    void stopsADestinationThatHangsWithOpenPipes() throws Exception {
        scene.limits(Duration.ofSeconds(30), Duration.ofSeconds(1));
        SyncReport report = run("yes '" + record("orders", 1) + "'", "exec sleep 1000");

        assertThat(cause(report)).isEqualTo("destination-y did nothing for 1 s and was stopped");
    }

    @Test
    void stopsADestinationThatHangsAfterItsInput() throws Exception {
        scene.limits(Duration.ofSeconds(30), Duration.ofSeconds(1));
        SyncReport report = run(say(record("orders", 1)), "cat >/dev/null; exec sleep 1000");

        assertThat(cause(report)).isEqualTo("destination-y did nothing for 1 s and was stopped");
    }

    @Test
    void stopsADestinationThatClosesItsOutputAndLivesOn() throws Exception {
        scene.limits(Duration.ofSeconds(30), Duration.ofSeconds(1));
        SyncReport report = run(say(record("orders", 1)), "cat >/dev/null; exec >&- 2>&-; exec sleep 1000");

        assertThat(report.failures().getFirst().code()).isEqualTo("destination.timeout");
    }

    @Test
    void doesNotWaitLongForASourceThatClosesItsOutputAndLivesOn() throws Exception {
        scene.limits(Duration.ofSeconds(2), Duration.ofSeconds(30));
        SyncReport report =
                run(say(record("orders", 1), state("orders", 1)) + "exec >&- 2>&-; exec sleep 1000", RETURNING);

        assertThat(cause(report)).startsWith("source-x ").endsWith("was stopped");
        assertThat(scene.stored()).contains("\"cursor\":1");
    }

    @Test
    void endsWithASourceWhoseChildKeepsThePipe() throws Exception {
        // The pause lets the runner wait for more before the connector ends: only then would it wait for ever.
        SyncReport report =
                run("sleep 1000 & " + say(record("orders", 1), state("orders", 1)) + "sleep 0.3; exit 0", RETURNING);

        assertThat(report.failures()).isEmpty();
        assertThat(scene.stored()).contains("\"cursor\":1");
    }

    @Test
    void endsWithADestinationWhoseChildKeepsThePipes() throws Exception {
        SyncReport report =
                run("yes '" + record("orders", 1) + "'", "(trap '' TERM HUP; exec sleep 1000) <&0 & read line; exit 4");

        assertThat(cause(report)).isEqualTo("destination-y exited with code 4 during write");
    }

    @Test
    void takesHalfALineAtTheEndForALostRecord() throws Exception {
        SyncReport report =
                run(say(record("orders", 1)) + "printf '%s' '{\"type\":\"RECORD\",\"record\":{\"stream\"'", RETURNING);

        assertThat(cause(report))
                .isEqualTo(
                        "source-x printed a record of 35 bytes that is not JSON; it is lost, and nothing behind it was stored");
    }

    @Test
    void explainsARecordCutShortByHowItsSourceEnded() throws Exception {
        SyncReport report = run(
                say(record("orders", 1), state("orders", 1))
                        + "printf '%s' '{\"type\":\"RECORD\",\"record\":{\"stream\"'; kill -9 $$",
                RETURNING);

        assertThat(report.failures())
                .extracting(RunnerException::getMessage)
                .startsWith(
                        "source-x was killed by signal 9 during read",
                        "source-x printed a record of 35 bytes that is not JSON; it is lost, and nothing behind it was"
                                + " stored");
        assertThat(report.records()).isEqualTo(1);
        assertThat(scene.stored()).contains("\"cursor\":1");
    }

    @Test
    void waitsForASourceThatPauses() throws Exception {
        SyncReport report =
                run(say(record("orders", 1)) + "sleep 2; " + say(record("orders", 2), state("orders", 2)), RETURNING);

        assertThat(report.failures()).isEmpty();
        assertThat(report.streams().getFirst().committed()).isEqualTo(2);
    }

    @Test
    void startsWithManyStreamsAndManyColumns() throws Exception {
        ObjectNode wide = (ObjectNode) Lines.json("{\"type\":\"object\",\"properties\":{}}");
        for (int i = 0; i < 5_000; i++) {
            ((ObjectNode) wide.get("properties")).putObject("column_" + i).put("type", "string");
        }
        AirbyteStream[] streams = new AirbyteStream[1_000];
        for (int i = 0; i < streams.length; i++) {
            streams[i] = i == 0 ? AirbyteStream.fullRefresh("s0", wide, List.of()) : Lines.fullRefresh("s" + i);
        }
        Scene many = new Scene(streams);
        SyncReport report = many.programs(
                        program(
                                "source",
                                "echo $* | wc -c >" + directory + "/arguments; cp \"$5\" " + directory + "/catalog; "
                                        + say(
                                                "{\"type\":\"RECORD\",\"record\":{\"stream\":\"s0\",\"emitted_at\":1,\"data\":"
                                                        + "{\"column_4999\":1,\"column_5000\":2}}}",
                                                record("s999", 1))),
                        program("destination", RETURNING))
                .run(new ProcessLauncher(run));

        assertThat(report.failures()).isEmpty();
        assertThat(report.records()).isEqualTo(2);
        assertThat(Integer.parseInt(
                        Files.readString(directory.resolve("arguments")).strip()))
                .isLessThan(1_000);
        JsonNode catalog = Lines.json(Files.readString(directory.resolve("catalog")));
        assertThat(catalog.get("streams")).hasSize(1_000);
        assertThat(catalog.at("/streams/0/stream/json_schema/properties")).hasSize(5_000);
    }

    @Test
    void takesAWholeMessageWithoutALineFeedAtTheEnd() throws Exception {
        SyncReport report = run("printf '%s' '" + record("orders", 1) + "'", RETURNING);

        assertThat(report.failures()).isEmpty();
        assertThat(report.records()).isEqualTo(1);
    }

    @Test
    void carriesARecordOf30Megabytes() throws Exception {
        String big =
                "printf '%s' '{\"type\":\"RECORD\",\"record\":{\"stream\":\"orders\",\"emitted_at\":1,\"data\":{\"id\":1,\"name\":\"';"
                        + " head -c 31457280 /dev/zero | tr '\\0' x; printf '%s\\n' '\"}}}';";
        SyncReport report = run(
                big + say(state("orders", 1)),
                "head -n 1 | wc -c >" + directory + "/size; " + RETURNING.replace("exec ", "") + "; exit 0");

        assertThat(report.bytes()).isGreaterThan(31_457_280);
        assertThat(Long.parseLong(Files.readString(directory.resolve("size")).strip()))
                .isEqualTo(report.bytes() + 1);
    }

    @Test
    void failsOnARecordLongerThanTheLimit() throws Exception {
        scene.limits(Duration.ofSeconds(30), Duration.ofSeconds(30));
        SyncReport report = run(
                "printf '%s' '{\"type\":\"RECORD\",\"record\":{\"stream\":\"orders\",\"data\":{\"name\":\"';"
                        + " head -c 70000000 /dev/zero | tr '\\0' x; printf '%s\\n' '\"}}}';"
                        + say(record("orders", 1), state("orders", 1)),
                RETURNING);

        assertThat(cause(report)).contains("is longer than the limit of 67,108,864 bytes; it is lost");
    }

    @Test
    void isNotStoppedByAFloodOnStandardError() throws Exception {
        SyncReport report = run(
                "head -c 100000000 /dev/zero | tr '\\0' e >&2; yes 'a line' | head -n 200000 >&2;"
                        + say(record("orders", 1), state("orders", 1)),
                "head -c 5000000 /dev/zero | tr '\\0' e >&2; " + RETURNING);

        assertThat(report.failures()).isEmpty();
    }

    @Test
    void givesASourceNothingToRead() throws Exception {
        SyncReport report = run("cat; " + say(record("orders", 1), state("orders", 1)), RETURNING);

        assertThat(report.failures()).isEmpty();
    }

    @Test
    void endsWhenItIsCancelled() throws Exception {
        Path started = directory.resolve("started");
        Thread canceller = Thread.ofPlatform().start(() -> {
            while (!Files.exists(started)) {
                Thread.onSpinWait();
            }
            scene.cancel();
        });
        SyncReport report =
                run(say(record("orders", 1), state("orders", 1)) + "touch " + started + "; exec sleep 1000", RETURNING);
        canceller.join();

        assertThat(cause(report)).isEqualTo("the sync was stopped");
        assertThat(scene.stored()).contains("\"cursor\":1");
    }

    @Test
    void saysThatAProgramIsNotThere() throws Exception {
        SyncReport report = scene.programs(directory.resolve("nothing"), program("destination", RETURNING))
                .run(new ProcessLauncher(run));

        assertThat(cause(report)).isEqualTo("source-x could not be started: there is no such program");
        assertThat(report.failures().getFirst().where()).contains("command " + directory.resolve("nothing"));
    }
}
