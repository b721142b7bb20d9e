package dev.sluice.cdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A connector as a process of its own: what only the operating system can tell.
class ProcessTest {
    private static final String CATALOG =
            "{\"streams\":[{\"stream\":{\"name\":\"numbers\",\"json_schema\":{}},\"generation_id\":1,"
                    + "\"minimum_generation_id\":0,\"sync_id\":1}]}";

    @TempDir
    Path folder;

    private Process process;
    private BufferedReader stdout;

    @AfterEach
    void kill() {
        process.destroyForcibly();
    }

    @Test
    void endsAReadAfterSigtermWithWholeLines() throws Exception {
        start("counts", "source", "read", "--config", "--catalog");
        awaitLine("RECORD");

        terminate();

        List<String> rest = rest();
        assertThat(rest).isNotEmpty().allMatch(ProcessTest::isJson);
        assertThat(rest.getLast()).contains("INCOMPLETE");
        assertThat(exitCode()).isEqualTo(143);
    }

    @Test
    void endsAReadThatWaitsAfterSigterm() throws Exception {
        start("waits", "source", "read", "--config", "--catalog");
        awaitLine("waiting");

        terminate();

        assertThat(rest()).singleElement().asString().contains("INCOMPLETE");
        assertThat(exitCode()).isEqualTo(143);
    }

    @Test
    void endsAWriteThatWaitsForInputAfterSigterm() throws Exception {
        start("counts", "destination", "write", "--config", "--catalog");
        awaitLine("open");

        terminate();

        assertThat(rest()).singleElement().asString().contains("\"closed\"");
        assertThat(exitCode()).isEqualTo(143);
    }

    @Test
    void endsAWriteThatIsBusyAfterSigterm() throws Exception {
        start("waits", "destination", "write", "--config", "--catalog");
        awaitLine("open");
        say("{\"type\":\"RECORD\",\"record\":{\"stream\":\"numbers\",\"data\":{\"n\":1},\"emitted_at\":1}}");
        awaitLine("writing");

        terminate();

        assertThat(rest()).singleElement().asString().contains("\"closed\"");
        assertThat(exitCode()).isEqualTo(143);
    }

    @Test
    void returnsStatesAndEndsWithItsInput() throws Exception {
        start("counts", "destination", "write", "--config", "--catalog");
        awaitLine("open");
        say("{\"type\":\"STATE\",\"state\":{\"data\":{},\"id\":1}}");
        awaitLine("\"id\":1");
        say("{\"type\":\"TRACE\",\"trace\":{\"type\":\"STREAM_STATUS\",\"emitted_at\":1,\"stream_status\":"
                + "{\"stream_descriptor\":{\"name\":\"numbers\"},\"status\":\"COMPLETE\"}}}");
        process.getOutputStream().close();

        assertThat(rest()).allMatch(ProcessTest::isJson);
        assertThat(exitCode()).isZero();
    }

    @Test
    void endsWhenNobodyReadsItsOutput() throws Exception {
        start("counts", "source", "read", "--config", "--catalog");
        awaitLine("RECORD");

        process.getInputStream().close();

        assertThat(exitCode()).isEqualTo(1);
        assertThat(stderr()).contains("standard output is closed");
    }

    @Test
    void keepsWhatALibraryPrintsOffStandardOutput() throws Exception {
        start("prints", "source", "check", "--config");

        assertThat(rest()).singleElement().asString().contains("SUCCEEDED");
        assertThat(exitCode()).isZero();
        assertThat(stderr()).contains("a library greets");
    }

    @Test
    void endsThoughAThreadIsLeftBehind() throws Exception {
        start("leaves a thread", "source", "check", "--config");

        assertThat(rest()).singleElement().asString().contains("SUCCEEDED");
        assertThat(exitCode()).isZero();
    }

    @Test
    void answersFailedWhenCheckFindsTheConfigurationWrong() throws Exception {
        start("is wrong", "source", "check", "--config");

        assertThat(rest())
                .containsExactly(
                        "{\"type\":\"CONNECTION_STATUS\",\"connectionStatus\":{\"status\":\"FAILED\",\"message\":\"not '****'\"}}");
        assertThat(exitCode()).isZero();
    }

    @Test
    void failsWhenCheckFindsSomethingElseWrong() throws Exception {
        start("is unlucky", "source", "check", "--config");

        assertThat(rest()).singleElement().asString().contains("\"message\":\"not now\"", "\"transient_error\"");
        assertThat(exitCode()).isEqualTo(1);
    }

    @Test
    void tellsOfAnErrorThatNobodyCatches() throws Exception {
        start("runs out of stack", "source", "check", "--config");

        assertThat(rest()).singleElement().asString().contains("StackOverflowError", "\"system_error\"");
        assertThat(exitCode()).isEqualTo(1);
    }

    @Test
    void explainsAWrongCommandLineOnStandardError() throws Exception {
        start("counts", "source", "chekc");

        assertThat(rest()).isEmpty();
        assertThat(exitCode()).isEqualTo(2);
        assertThat(stderr()).startsWith("'chekc' is not a command; this connector knows:");
    }

    /// Starts a connector; each option is given its file.
    private void start(String how, String connector, String command, String... options) throws IOException {
        Path config = Files.writeString(
                folder.resolve("config.json"), "{\"how\": \"%s\", \"password\": \"sesame\"}".formatted(how));
        Path catalog = Files.writeString(folder.resolve("catalog.json"), CATALOG);
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                EndlessConnector.class.getName(),
                connector,
                command));
        for (String option : options) {
            line.add(option);
            line.add((option.equals("--config") ? config : catalog).toString());
        }
        process = new ProcessBuilder(line)
                .redirectError(folder.resolve("stderr").toFile())
                .start();
        stdout = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    /// SIGTERM. Through the handle, because [Process#destroy] closes our ends of the pipes too.
    private void terminate() {
        process.toHandle().destroy();
    }

    private void say(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(UTF_8));
        process.getOutputStream().flush();
    }

    private void awaitLine(String part) throws IOException {
        for (String line = stdout.readLine(); line != null; line = stdout.readLine()) {
            if (line.contains(part)) {
                return;
            }
        }
        throw new AssertionError(
                "the connector ended without a line with '%s'; standard error: %s".formatted(part, stderr()));
    }

    private List<String> rest() {
        return stdout.lines().toList();
    }

    private int exitCode() throws InterruptedException {
        // Only so that a connector that hangs does not hang the build.
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as("the connector ends")
                .isTrue();
        return process.exitValue();
    }

    private String stderr() throws IOException {
        return Files.readString(folder.resolve("stderr"));
    }

    private static boolean isJson(String line) {
        try {
            JsonNode json = Json.mapper().readTree(line);
            return json.isObject();
        } catch (IOException e) {
            return false;
        }
    }
}
