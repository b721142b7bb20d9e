package dev.sluice.runner.launch.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.ProcessMark;
import dev.sluice.runner.launch.RunDirectory;
import dev.sluice.runner.launch.RunningConnector;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // A read of a pipe heeds no interrupt.
final class ProcessLauncherTest {
    @TempDir
    private Path directory;

    private final RunDirectory run = RunDirectory.create(Path.of(System.getProperty("java.io.tmpdir")));
    private final ProcessLauncher launcher = new ProcessLauncher(run);
    private final List<String> stderr = Collections.synchronizedList(new ArrayList<>());
    private final ObjectNode config = Json.mapper().createObjectNode().put("password", "hunter22");

    @AfterEach
    void leavesNothingBehind() {
        assertThat(ProcessMark.of(run.path()).kill()).as("processes").isEmpty();
        run.close();
        assertThat(run.path()).doesNotExist();
    }

    private RunningConnector launch(ConnectorCommand command, String script) {
        return launcher.launch(
                new ConnectorLaunch.AsProcess("connector", List.of("sh", "-c", script, "connector"), directory),
                command,
                stderr::add);
    }

    private static String output(RunningConnector running) throws IOException {
        return new String(running.output().readAllBytes(), UTF_8).strip();
    }

    private ExitStatus exit(String script) throws Exception {
        try (RunningConnector running = launch(new ConnectorCommand.Spec(), script)) {
            return running.awaitExit();
        }
    }

    @Test
    void handsOnAllOfStandardErrorBeforeItIsClosed() throws Exception {
        List<String> said = Collections.synchronizedList(new ArrayList<>());
        ConnectorLaunch connector = new ConnectorLaunch.AsProcess(
                "connector", List.of("sh", "-c", "echo first >&2; echo last >&2", "connector"), directory);
        RunningConnector running = launcher.launch(connector, new ConnectorCommand.Spec(), line -> {
            pause(); // Whoever listens is slower than the connector ends.
            said.add(line);
        });
        try (running) {
            running.awaitExit();
        }
        assertThat(said).containsExactly("first", "last");
    }

    private static void pause() {
        try {
            Thread.sleep(300);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void tellsTheWaysToEndApart() throws Exception {
        assertThat(exit("exit 0")).isEqualTo(new ExitStatus.Exited(0));
        assertThat(exit("exit 7")).isEqualTo(new ExitStatus.Exited(7));
        assertThat(exit("kill -9 $$")).isEqualTo(new ExitStatus.Killed(9));
        assertThat(exit("kill -TERM $$")).isEqualTo(new ExitStatus.Killed(15));
        try (RunningConnector running = launch(new ConnectorCommand.Spec(), "exec sleep 1000")) {
            assertThat(running.awaitExit(Duration.ofMillis(50))).isEmpty();
            running.stop(Duration.ofSeconds(5));
            assertThat(running.awaitExit()).isEqualTo(new ExitStatus.Stopped());
        }
    }

    @Test
    void takesAConnectorThatEndsWellWhenAskedForOneThatEndedWell() throws Exception {
        try (RunningConnector running =
                launch(new ConnectorCommand.Spec(), "trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done")) {
            running.output().read();
            running.stop(Duration.ofSeconds(5));
            assertThat(running.awaitExit()).isEqualTo(new ExitStatus.Exited(0));
        }
    }

    @Test
    void makesRoomForAMegabyteThatNobodyReads() throws Exception {
        Path written = directory.resolve("written");
        try (RunningConnector running = launch(
                new ConnectorCommand.Write(config, config),
                "head -c 1048576 /dev/zero; touch %s; exec sleep 1000".formatted(written))) {
            running.widenInput();
            running.widenOutput();
            running.input().write(new byte[1 << 20]);
            while (!Files.exists(written)) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void passesDocumentsAsFilesAndRemovesThem() throws Exception {
        try (RunningConnector running = launch(new ConnectorCommand.Check(config), "echo \"$@\"; cat \"$3\"")) {
            String[] lines = output(running).split("\n");
            assertThat(lines[0]).matches("check --config " + run.path() + "/check-\\d+/config.json");
            assertThat(lines[1]).isEqualTo("{\"password\":\"hunter22\"}");
            Path file = Path.of(lines[0].split(" ")[2]);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run.path())))
                    .isEqualTo("rwx------");
            running.close();
            assertThat(file.getParent()).doesNotExist();
        }
    }

    @Test
    void givesAConnectorNothingOfTheUsersEnvironmentButWhatItNeeds() throws Exception {
        try (RunningConnector running = launch(new ConnectorCommand.Check(config), "env")) {
            List<String> names = output(running)
                    .lines()
                    .map(line -> line.substring(0, line.indexOf('=')))
                    .toList();
            assertThat(names)
                    .contains("PATH", "JAVA_HOME", "USE_STREAM_CAPABLE_STATE", "DEPLOYMENT_MODE", "SLUICE_RUN");
            List<String> strangers = new ArrayList<>(System.getenv().keySet());
            strangers.removeAll(List.of(
                    "PATH",
                    "HOME",
                    "USER",
                    "LANG",
                    "LC_ALL",
                    "TZ",
                    "TMPDIR",
                    "JAVA_HOME",
                    "PWD",
                    "SHLVL",
                    "_",
                    "OLDPWD"));
            strangers.removeIf(name -> name.toLowerCase().endsWith("_proxy")
                    || name.startsWith("SSL_CERT")
                    || name.equals("REQUESTS_CA_BUNDLE")
                    || name.equals("JAVA_OPTS"));
            assertThat(names).doesNotContainAnyElementsOf(strangers.isEmpty() ? List.of("SURELY_NOT") : strangers);
        }
    }

    @Test
    void keepsTheLastLinesOfStandardError() throws Exception {
        try (RunningConnector running =
                launch(new ConnectorCommand.Spec(), "seq 1 100 >&2; printf 'half a line' >&2")) {
            running.awaitExit();
            assertThat(running.lastErrorLines()).hasSize(20).endsWith("99", "100", "half a line");
            assertThat(stderr).hasSize(101);
        }
    }

    @Test
    void runsWhereTheConnectionFileIs() throws Exception {
        try (RunningConnector running = launch(new ConnectorCommand.Spec(), "pwd -P")) {
            assertThat(output(running)).isEqualTo(directory.toRealPath().toString());
        }
    }

    @Test
    void saysWhatIsWrongWithAProgramThatCannotBeStarted() throws Exception {
        Path file = Files.writeString(directory.resolve("not-executable"), "");
        assertThatThrownBy(() -> start(file.toString())).isInstanceOfSatisfying(RunnerException.class, e -> {
            assertThat(e.code()).isEqualTo("connector.cannot_start");
            assertThat(e).hasMessage("connector could not be started: it may not be executed");
            assertThat(e.next()).contains("check that the program exists and may be executed");
        });
        assertThatThrownBy(() -> start("/no/such/program"))
                .hasMessage("connector could not be started: there is no such program");
    }

    private void start(String program) {
        launcher.launch(
                new ConnectorLaunch.AsProcess("connector", List.of(program), directory),
                new ConnectorCommand.Spec(),
                stderr::add);
    }

    @Test
    void saysThatItsOwnDirectoryIsFullAndNotThatTheProgramIsMissing() throws Exception {
        RunDirectory gone = RunDirectory.create(directory);
        gone.close();
        assertThatThrownBy(() -> new ProcessLauncher(gone)
                        .launch(
                                new ConnectorLaunch.AsProcess("connector", List.of("true"), directory),
                                new ConnectorCommand.Spec(),
                                stderr::add))
                .isInstanceOfSatisfying(RunnerException.class, e -> {
                    assertThat(e.code()).isEqualTo("runner.no_temp_directory");
                    assertThat(e.where()).contains(gone.path().toString());
                });
    }

    @Test
    void carries200MegabytesBothWaysUnchanged() throws Exception {
        byte[] block = new byte[1 << 20];
        new Random(7).nextBytes(block);
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        try (RunningConnector running =
                launch(new ConnectorCommand.Write(config, Json.mapper().createObjectNode()), "exec cat")) {
            Thread writer = Thread.ofPlatform().start(() -> {
                try (OutputStream input = running.input()) {
                    for (int i = 0; i < 200; i++) {
                        input.write(block);
                        sent.update(block);
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            MessageDigest received = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            long total = 0;
            for (int n = running.output().read(buffer);
                    n >= 0;
                    n = running.output().read(buffer)) {
                received.update(buffer, 0, n);
                total += n;
            }
            writer.join();
            assertThat(total).isEqualTo(200L << 20);
            assertThat(HexFormat.of().formatHex(received.digest()))
                    .isEqualTo(HexFormat.of().formatHex(sent.digest()));
        }
    }

    @Test
    void stopsGrandchildrenToo() throws Exception {
        try (RunningConnector running =
                launch(new ConnectorCommand.Spec(), "sh -c 'sleep 1000 & sleep 1000 & wait' & echo started; wait")) {
            running.output().read();
            running.stop(Duration.ofSeconds(1));
            assertThat(ProcessMark.of(run.path()).kill()).isEmpty();
        }
    }

    @Test
    void mayBeClosedTwice() throws Exception {
        RunningConnector running = launch(new ConnectorCommand.Spec(), "exec sleep 1000");
        running.close();
        running.close();
        assertThat(running.awaitExit()).isEqualTo(new ExitStatus.Stopped());
    }

    @Test
    void knowsOurConnectorsByTheirFilesAndNoOtherProgram() throws Exception {
        Path program =
                Files.createDirectories(directory.resolve("connector/lib")).resolveSibling("run");
        Files.writeString(program, "#!/bin/sh\n");
        Files.writeString(program.resolveSibling("connector.jar"), "one");
        ConnectorLaunch ours = new ConnectorLaunch.AsProcess("ours", List.of(program.toString()), directory);
        String before = launcher.fingerprint(ours);
        assertThat(launcher.fingerprint(ours)).isEqualTo(before).isNotEmpty();
        Files.writeString(program.resolveSibling("connector.jar"), "another");
        assertThat(launcher.fingerprint(ours)).isNotEqualTo(before);

        assertThat(launcher.fingerprint(new ConnectorLaunch.AsProcess("x", List.of("python3", "x.py"), directory)))
                .isEmpty();
    }
}
