package dev.sluice.destination.duckdb;

import static dev.sluice.destination.duckdb.TestingSync.complete;
import static dev.sluice.destination.duckdb.TestingSync.query;
import static dev.sluice.destination.duckdb.TestingSync.record;
import static dev.sluice.destination.duckdb.TestingSync.state;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is left after the connector's process is gone, and what a second process gets to hear.
class CrashTest {
    private static final String ROW = "{\"id\":{\"type\":\"integer\"},\"text\":{\"type\":\"string\"}}";

    @TempDir
    Path folder;

    private Process connector;

    private Path file() {
        return folder.resolve("crash.duckdb");
    }

    private TestingSync sync() {
        return TestingSync.into(file()).stream("s", ROW);
    }

    /// Starts the connector as a process of its own, behind this shell command.
    private BufferedWriter start(TestingSync sync, String shell) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", shell + " exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
        command.add(DestinationDuckdb.class.getName());
        command.addAll(sync.arguments("write", folder));
        connector = new ProcessBuilder(command)
                .redirectError(folder.resolve("stderr").toFile())
                .start();
        return connector.outputWriter(UTF_8);
    }

    private static void rows(BufferedWriter in, int from, int to) throws IOException {
        for (int id = from; id <= to; id++) {
            in.write(record("s", "{\"id\":%d,\"text\":\"%s\"}".formatted(id, "text ".repeat(20) + id)));
            in.write('\n');
        }
    }

    private static void line(BufferedWriter in, String line) throws IOException {
        in.write(line + "\n");
        in.flush();
    }

    private int awaitState(BufferedReader out) throws IOException {
        String line = out.readLine();
        assertThat(line).as(Files.readString(folder.resolve("stderr"))).contains("\"STATE\"");
        return TestingSync.json(line).at("/state/stream/stream_state/n").asInt();
    }

    @AfterEach
    void killTheConnector() throws InterruptedException {
        if (connector != null) {
            connector.destroyForcibly();
            connector.waitFor();
        }
    }

    @Test
    void rowsOfReturnedStatesSurviveAKill() throws Exception {
        for (int round = 0; round < 3; round++) {
            int from = round * 20_000;
            BufferedWriter in = start(sync(), "");
            rows(in, from + 1, from + 10_000);
            line(in, state("s", from + 10_000));
            int acknowledged = awaitState(connector.inputReader(UTF_8));
            rows(in, from + 10_001, from + 20_000);
            in.flush();
            killTheConnector();

            assertThat(query(
                            file(),
                            "SELECT count(DISTINCT id), count(*) FROM s WHERE id BETWEEN %d AND %d"
                                    .formatted(from + 1, acknowledged)))
                    .containsExactly("10000|10000");
        }
    }

    @Test
    void theNextSyncFindsTheStagedRowsOfAKilledOne() throws Exception {
        for (TestingSync sync : List.of(
                sync().dedup("id", "id"),
                sync().overwrite(4),
                sync().dedup("id", "id").generation(9, 9))) {
            BufferedWriter in = start(sync, "");
            rows(in, 1, 5_000);
            line(in, state("s", 5_000));
            awaitState(connector.inputReader(UTF_8));
            rows(in, 5_001, 9_000);
            in.flush();
            killTheConnector();

            assertThat(sync.run(record("s", "{\"id\":5001}"), complete("s")).error())
                    .isEqualTo("no error");
            assertThat(query(file(), "SELECT count(DISTINCT id), min(id), max(id) FROM s"))
                    .containsExactly("5001|1|5001");
            assertThat(query(file(), "SELECT table_name FROM duckdb_tables()")).containsExactly("s");
        }
    }

    @Test
    void namesTheProcessThatHoldsTheFile() throws Exception {
        BufferedWriter in = start(sync(), "");
        line(in, state("s", 1));
        awaitState(connector.inputReader(UTF_8));

        String sentence =
                "%s is in use: process %d (%s) holds it, and DuckDB lets one process write; close it there, then sync again"
                        .formatted(
                                file(),
                                connector.pid(),
                                connector.info().command().orElseThrow());
        TestingSync.Result result = sync().run(complete("s"));
        assertThat(result.error()).isEqualTo(sentence);
        assertThat(result.failureType()).isEqualTo("config_error");
        assertThat(sync().check().get("message").asText()).isEqualTo(sentence);
    }

    @Test
    void stopsWithinItsGraceAndKeepsWhatItReturned() throws Exception {
        BufferedWriter in = start(sync(), "");
        rows(in, 1, 1_000);
        line(in, state("s", 1_000));
        awaitState(connector.inputReader(UTF_8));
        rows(in, 1_001, 2_000);
        in.flush();
        connector.toHandle().destroy(); // Unlike the process's own method this leaves its input open.

        assertThat(connector.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(connector.exitValue())
                .as(new String(connector.getInputStream().readAllBytes(), UTF_8))
                .isEqualTo(143);
        assertThat(query(file(), "SELECT count(*) FROM s WHERE id <= 1000")).containsExactly("1000");
    }

    @Test
    void aDiskThatTakesNoMoreLosesNothingThatWasReturned() throws Exception {
        // No file may grow beyond 70 MB (140 MB in some shells); a full disk answers with an I/O error just so.
        BufferedWriter in = start(sync(), "ulimit -f 140000;");
        rows(in, 1, 1_000);
        line(in, state("s", 1_000));
        BufferedReader out = connector.inputReader(UTF_8);
        awaitState(out);
        byte[] bytes = new byte[900];
        Random random = new Random(5);
        try {
            for (int id = 1_001; id <= 200_000; id++) {
                random.nextBytes(bytes); // What can be compressed would fit.
                String text = Base64.getEncoder().encodeToString(bytes);
                in.write(record("s", "{\"id\":%d,\"text\":\"%s\"}".formatted(id, text)));
                in.write('\n');
            }
            line(in, state("s", 200_000));
            line(in, complete("s"));
        } catch (IOException e) {
            // The connector has gone already.
        }
        String last = "";
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            last = line;
        }

        assertThat(connector.waitFor()).isEqualTo(1);
        assertThat(TestingSync.json(last).at("/trace/error/failure_type").asText())
                .isEqualTo("transient_error");
        assertThat(TestingSync.json(last).at("/trace/error/message").asText())
                .contains("cannot be read or written", "File too large");
        assertThat(query(file(), "SELECT count(*) FROM s")).containsExactly("1000");
    }
}
