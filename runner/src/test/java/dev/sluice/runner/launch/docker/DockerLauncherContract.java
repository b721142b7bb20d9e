package dev.sluice.runner.launch.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.EngineReport;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.Isolation;
import dev.sluice.runner.launch.RunDirectory;
import dev.sluice.runner.launch.RunningConnector;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Real containers of a few lines of shell, and what holds for them whichever way their bytes take.
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // A read of a pipe heeds no interrupt.
abstract class DockerLauncherContract {
    /// Other copies of this project may test on the same engine.
    static final String TAG = Long.toString(ProcessHandle.current().pid());

    /// Runs the script that its configuration holds.
    static final String SCRIPTED = "sluice/test-scripted:" + TAG;

    /// The same as root, in a folder of its own.
    static final String ELSEWHERE = "sluice/test-elsewhere:" + TAG;

    static final String SHOWS_ARGUMENTS = "sluice/test-shows-arguments:" + TAG;

    static final String WITH_USER = "sluice/test-with-user:" + TAG;
    static final String WITHOUT_SHELL = "sluice/test-without-shell:" + TAG;

    /// Its shell never opens the pipes.
    static final String DEAF = "sluice/test-deaf:" + TAG;

    static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

    final RunDirectory run = RunDirectory.create(TEMPORARY);
    final List<String> notices = Collections.synchronizedList(new ArrayList<>());
    final List<String> stderr = Collections.synchronizedList(new ArrayList<>());
    /// Longer than a test may take: nothing may wait for an answer that will not come.
    final DockerLauncher launcher = new DockerLauncher(run, System.getenv(), notices::add, Duration.ofMinutes(10));

    @BeforeAll
    static void buildImages() throws Exception {
        String entrypoint = """
                ENTRYPOINT ["/bin/sh", "-c", "sed 's/.*\\"script\\":\\"\\\\([^\\"]*\\\\)\\".*/\\\\1/' $3 | base64 -d >/tmp/script && exec sh /tmp/script \\"$@\\"", "connector"]
                """;
        build(SCRIPTED, "FROM sluice/debian:12\n" + entrypoint);
        build(ELSEWHERE, "FROM " + SCRIPTED + "\nUSER root\nWORKDIR /somewhere\n");
        build(
                SHOWS_ARGUMENTS,
                "FROM sluice/debian:12\nENTRYPOINT [\"/bin/sh\", \"-c\", \"echo $# $*; echo input: $(cat); echo files: $(ls /sluice 2>/dev/null | grep json)\", \"connector\"]\n");
        build(WITH_USER, "FROM sluice/debian:12\nUSER 4321\n" + entrypoint);
        build(
                WITHOUT_SHELL,
                "FROM sluice/debian:12\nRUN mv /bin/dash /bin/connector && rm /bin/sh /bin/bash\n"
                        + "ENTRYPOINT [\"/bin/connector\", \"-c\", \"echo $0; cat $2; cat\"]\n");
        build(
                DEAF,
                "FROM sluice/debian:12\nRUN printf '#!/bin/dash\\nexec sleep 1000\\n' >/sh && chmod +x /sh && mv /sh /bin/sh\n");
    }

    @AfterAll
    static void removeImages() throws Exception {
        docker("rmi", "-f", ELSEWHERE, SHOWS_ARGUMENTS, SCRIPTED, WITH_USER, WITHOUT_SHELL, DEAF);
    }

    @AfterEach
    void leavesNothingBehind() throws Exception {
        assertThat(docker("ps", "-aq", "--filter", "label=dev.sluice.run=" + run.id()))
                .as("containers")
                .isEmpty();
        assertThat(docker("volume", "ls", "-q", "--filter", "label=dev.sluice.run=" + run.id()))
                .as("volumes")
                .isEmpty();
        try (var files = Files.list(run.path())) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).containsExactly("lock");
        }
        launcher.close();
        run.close();
    }

    static void build(String image, String dockerfile) throws Exception {
        Process build = new ProcessBuilder("docker", "build", "-q", "-t", image, "-")
                .redirectErrorStream(true)
                .start();
        try (OutputStream in = build.getOutputStream()) {
            in.write(dockerfile.getBytes(UTF_8));
        }
        String output = new String(build.getInputStream().readAllBytes(), UTF_8);
        assertThat(build.waitFor()).as(output).isZero();
    }

    static String docker(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        Process docker = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(docker.getInputStream().readAllBytes(), UTF_8).strip();
    }

    /// The way the bytes take.
    abstract ConnectorLaunch.Pipes pipes();

    ConnectorLaunch.InContainer image(String image) {
        return image(image, "none", Optional.empty());
    }

    ConnectorLaunch.InContainer image(String image, String network, Optional<Boolean> readOnly) {
        return image(image, network, readOnly, pipes());
    }

    static ConnectorLaunch.InContainer image(
            String image, String network, Optional<Boolean> readOnly, ConnectorLaunch.Pipes pipes) {
        return new ConnectorLaunch.InContainer(
                image,
                Optional.empty(),
                network,
                64 << 20,
                0.5,
                40,
                Optional.empty(),
                readOnly,
                16 << 20,
                pipes,
                Duration.ofMinutes(1));
    }

    static ObjectNode config(String script) {
        return Json.mapper()
                .createObjectNode()
                .put("script", Base64.getEncoder().encodeToString(script.getBytes(UTF_8)))
                .put("password", "hunter22");
    }

    RunningConnector check(String script) throws InterruptedException {
        return launcher.launch(image(SCRIPTED), new ConnectorCommand.Check(config(script)), stderr::add);
    }

    RunningConnector write(String script) throws InterruptedException {
        return launcher.launch(
                image(SCRIPTED),
                new ConnectorCommand.Write(config(script), Json.mapper().createObjectNode()),
                stderr::add);
    }

    static String output(RunningConnector running) throws IOException {
        return new String(running.output().readAllBytes(), UTF_8).strip();
    }

    ExitStatus exit(String script) throws Exception {
        try (RunningConnector running = check(script)) {
            return running.awaitExit();
        }
    }

    String containerId() throws Exception {
        return docker("ps", "-aq", "--filter", "label=dev.sluice.run=" + run.id());
    }

    @Test
    void tellsTheWaysToEndApart() throws Exception {
        assertThat(exit("exit 0")).isEqualTo(new ExitStatus.Exited(0));
        assertThat(exit("exit 7")).isEqualTo(new ExitStatus.Exited(7));
        assertThat(exit("kill -9 $$")).isEqualTo(new ExitStatus.Killed(9));
        assertThat(exit("exec tail /dev/zero")).isEqualTo(new ExitStatus.OutOfMemory(64 << 20));
        try (RunningConnector running = check("echo started; exec sleep 1000")) {
            assertThat(running.output().read()).isEqualTo('s');
            assertThat(running.awaitExit(Duration.ofMillis(50))).isEmpty();
            running.stop(Duration.ofSeconds(5));
            assertThat(running.awaitExit()).isEqualTo(new ExitStatus.Stopped());
        }
    }

    @Test
    void takesAConnectorThatEndedWellForThatWhateverBecameOfItsChildren() throws Exception {
        assertThat(exit("tail /dev/zero; exit 0")).isEqualTo(new ExitStatus.Exited(0));
    }

    @Test
    void stopsAConnectorThatIgnoresBeingAsked() throws Exception {
        try (RunningConnector running = check("trap '' TERM; echo started; while :; do sleep 1; done")) {
            running.output().read();
            running.stop(Duration.ofSeconds(1));
            assertThat(running.awaitExit()).isEqualTo(new ExitStatus.Stopped());
        }
    }

    @Test
    void saysThatAContainerWasTakenAway() throws Exception {
        try (RunningConnector running = check("echo started; exec sleep 1000")) {
            running.output().read();
            docker("rm", "-f", containerId());
            assertThat(running.awaitExit()).isIn(new ExitStatus.Lost(), new ExitStatus.Killed(9));
            assertThat(output(running)).isEqualTo("tarted");
        }
    }

    @Test
    void givesAConnectorNoMoreThanItNeeds() throws Exception {
        try (RunningConnector running = check(
                "id -u; grep -E '^(CapEff|CapPrm|CapBnd|NoNewPrivs)' /proc/self/status; "
                        + "touch /sluice/config.json 2>&1; touch /sluice/new 2>&1; cat /sluice/config.json; echo; ls -a /sluice; env; sleep 1000")) {
            List<String> lines = new ArrayList<>();
            var reader = new java.io.BufferedReader(new java.io.InputStreamReader(running.output(), UTF_8));
            for (String line = reader.readLine();
                    !line.startsWith("USE_STREAM_CAPABLE_STATE");
                    line = reader.readLine()) {
                lines.add(line.replaceAll("\\s+", " "));
            }
            JsonNode inspected =
                    Json.mapper().readTree(docker("inspect", containerId())).get(0);

            assertThat(lines)
                    .contains(
                            "1000",
                            "CapEff: 0000000000000000",
                            "CapPrm: 0000000000000000",
                            "CapBnd: 0000000000000000",
                            "NoNewPrivs: 1")
                    .anyMatch(line -> line.contains("\"password\":\"hunter22\""))
                    .noneMatch(line -> line.startsWith("PASSWORD") || line.equals("lock"));
            assertThat(lines).filteredOn(line -> line.contains("touch")).hasSize(2);
            assertThat(inspected.toString()).doesNotContain("hunter22");
            JsonNode host = inspected.get("HostConfig");
            assertThat(host.get("Memory").asLong()).isEqualTo(64 << 20);
            assertThat(host.get("MemorySwap").asLong()).isEqualTo(64 << 20);
            assertThat(host.get("NanoCpus").asLong()).isEqualTo(500_000_000);
            assertThat(host.get("PidsLimit").asLong()).isEqualTo(40);
            assertThat(host.at("/LogConfig/Type").asText()).isEqualTo("none");
            assertThat(host.get("NetworkMode").asText()).isEqualTo("none");
            assertThat(host.get("Init").asBoolean()).isTrue();
            assertThat(host.get("Privileged").asBoolean()).isFalse();
            assertThat(host.get("CapDrop").toString()).isEqualTo("[\"ALL\"]");
            assertThat(host.get("SecurityOpt").toString()).contains("no-new-privileges");
            assertThat(inspected.at("/Config/Labels").toString())
                    .contains("\"dev.sluice.run\":\"" + run.id() + "\"", "\"dev.sluice.command\":\"check\"");
            assertThat(inspected.at("/Config/Tty").asBoolean()).isFalse();
        }
    }

    @Test
    void keepsAnImagesOwnUser() throws Exception {
        try (RunningConnector running = launcher.launch(
                image(WITH_USER), new ConnectorCommand.Check(config("id -u; head -c 1 $3")), stderr::add)) {
            assertThat(output(running)).isEqualTo("4321\n{");
        }
    }

    @Test
    void limitsProcesses() throws Exception {
        try (RunningConnector running = check("for i in $(seq 1 60); do sleep 1000 & done; echo not reached")) {
            assertThat(output(running)).isEmpty();
            assertThat(running.awaitExit().isSuccess()).isFalse();
        }
    }

    @Test
    void mountsTheLocalDirectory() throws Exception {
        Path local = Files.createTempDirectory("sluice-local");
        Files.setPosixFilePermissions(local, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(local.resolve("in.txt"), "here");
        ConnectorLaunch.InContainer launch = new ConnectorLaunch.InContainer(
                SCRIPTED, Optional.empty(), "none", 64 << 20, 1, 40, Optional.of(local));
        try (RunningConnector running =
                launcher.launch(launch, new ConnectorCommand.Check(config("cat /local/in.txt")), stderr::add)) {
            assertThat(output(running)).isEqualTo("here");
        } finally {
            Files.delete(local.resolve("in.txt"));
            Files.delete(local);
        }
    }

    @Test
    void keepsStandardErrorApart() throws Exception {
        try (RunningConnector running = check("echo out; echo wrong >&2; printf 'half' >&2")) {
            assertThat(output(running)).isEqualTo("out");
            running.awaitExit();
            assertThat(running.lastErrorLines()).containsExactly("wrong", "half");
        }
    }

    @Test
    void endsWithTheConnectorWhateverAChildOfItDoes() throws Exception {
        try (RunningConnector running = check("(trap '' TERM HUP; exec sleep 1000) & echo done")) {
            assertThat(output(running)).isEqualTo("done");
            assertThat(running.awaitExit()).isEqualTo(new ExitStatus.Exited(0));
        }
    }

    @Test
    void runsAnyWorkingDirectoryAndImageWithoutLabels() throws Exception {
        try (RunningConnector running =
                launcher.launch(image(ELSEWHERE), new ConnectorCommand.Check(config("pwd; id -u")), stderr::add)) {
            assertThat(output(running)).isEqualTo("/somewhere\n1000");
        }
    }

    @Test
    void passesSpecAndNothingElse() throws Exception {
        try (RunningConnector running =
                launcher.launch(image(SHOWS_ARGUMENTS), new ConnectorCommand.Spec(), stderr::add)) {
            assertThat(output(running)).isEqualTo("1 spec\ninput:\nfiles:");
        }
    }

    @Test
    void letsAnImageWriteAGigabyteToItsTemporaryDirectory() throws Exception {
        try (RunningConnector running = check("head -c 1073741824 /dev/zero >/tmp/big && wc -c </tmp/big")) {
            assertThat(output(running)).isEqualTo("1073741824");
        }
    }

    @Test
    void keepsAReadOnlyConnectorToItsTemporaryDirectory() throws Exception {
        ConnectorLaunch.InContainer launch = image(SCRIPTED, "none", Optional.of(true));
        try (RunningConnector running = launcher.launch(
                launch,
                new ConnectorCommand.Check(
                        config(
                                "touch /new; touch /etc/new; touch /sluice/new; echo fine >/tmp/new && cat /tmp/new; printf '#!/bin/sh\necho runs' >/tmp/x; chmod +x /tmp/x; /tmp/x; head -c 17000000 /dev/zero >/tmp/big; ls /var/run/docker.sock /run/docker.sock")),
                stderr::add)) {
            assertThat(output(running)).isEqualTo("fine\nruns");
            assertThat(running.awaitExit().isSuccess()).isFalse();
            assertThat(running.lastErrorLines())
                    .anyMatch(line -> line.contains("/new") && line.contains("Read-only file system"))
                    .anyMatch(line -> line.contains("/etc/new") && line.contains("Read-only file system"))
                    .anyMatch(line -> line.contains("/sluice/new"))
                    .anyMatch(line -> line.contains("No space left on device"))
                    .anyMatch(line -> line.contains("/var/run/docker.sock") && line.contains("No such file"));
        }
        assertThat(launcher.container(launch).isolation())
                .isEqualTo(new Isolation("1000:1000", true, 16 << 20, "none", 64 << 20, 0.5, 40));
        assertThat(launcher.container(image(WITH_USER)).isolation())
                .isEqualTo(new Isolation("4321", false, 0, "none", 64 << 20, 0.5, 40));
    }

    @Test
    void saysHowRecordsWillTravelWithoutPullingTheImage() throws Exception {
        EngineReport.Container container = launcher.container(image("localhost:1/sluice/no-such-image:1"));
        assertThat(container.image()).isEmpty();
        assertThat(container.pipes())
                .isEqualTo(pipes() == ConnectorLaunch.Pipes.ATTACH ? Optional.empty() : Optional.of(run.path()));
        assertThat(launcher.container(image(SCRIPTED)).image()).isPresent();
    }

    @Test
    void makesOurOwnConnectorsReadOnlyUnlessToldOtherwise() throws Exception {
        ConnectorLaunch.InContainer ours = image(SCRIPTED).of(SCRIPTED, Optional.of(Path.of("connectors/source-x")));
        assertThat(launcher.container(ours).isolation().readOnlyRoot()).isTrue();
        assertThat(launcher.container(image(SCRIPTED)).isolation().readOnlyRoot())
                .isFalse();
    }

    @Test
    void doesNotStopAtAFloodOnStandardError() throws Exception {
        try (RunningConnector running = check("yes line | head -n 3000000 >&2; echo done")) {
            assertThat(output(running)).isEqualTo("done");
        }
    }

    @Test
    void givesASourceNothingToRead() throws Exception {
        try (RunningConnector running = check("cat; echo done")) {
            assertThat(output(running)).isEqualTo("done");
        }
    }

    @Test
    void sendsTheEndOfInputsOfAllSizes() throws Exception {
        for (int size : new int[] {0, 1, 65_537, 5 << 20}) {
            for (int i = 0; i < 20; i++) {
                try (RunningConnector running = write("exec wc -c")) {
                    try (OutputStream input = running.input()) {
                        input.write(new byte[size]);
                    }
                    assertThat(output(running)).isEqualTo(String.valueOf(size));
                    assertThat(running.awaitExit()).isEqualTo(new ExitStatus.Exited(0));
                }
            }
        }
    }

    @Test
    void endsAWriteToAContainerThatHasEnded() throws Exception {
        try (RunningConnector running = write("exit 3")) {
            assertThatThrownBy(() -> {
                        while (true) {
                            running.input().write(new byte[1 << 16]);
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThat(running.awaitExit()).isEqualTo(new ExitStatus.Exited(3));
            assertThat(output(running)).isEmpty();
        }
    }

    @Test
    void carries200MegabytesBothWaysUnchanged() throws Exception {
        byte[] block = new byte[1 << 20];
        new Random(7).nextBytes(block);
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        try (RunningConnector running = write("exec cat")) {
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
            InputStream output = running.output();
            byte[] buffer = new byte[1 << 16];
            long total = 0;
            for (int n = output.read(buffer); n >= 0; n = output.read(buffer)) {
                received.update(buffer, 0, n);
                total += n;
            }
            writer.join();
            assertThat(total).isEqualTo(200L << 20);
            assertThat(HexFormat.of().formatHex(received.digest()))
                    .isEqualTo(HexFormat.of().formatHex(sent.digest()));
        }
    }

    void fails(ConnectorLaunch launch, String code, FailureType type, String message) {
        assertThatThrownBy(() -> launcher.launch(launch, new ConnectorCommand.Check(config("exit 0")), stderr::add))
                .isInstanceOfSatisfying(RunnerException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e.type()).isEqualTo(type);
                    assertThat(e.getMessage()).startsWith(message);
                    assertThat(e.next()).isPresent();
                });
    }

    @Test
    void saysThatAProgramInTheImageIsNotThere() throws Exception {
        try (RunningConnector running = check("exec /no/such/program")) {
            assertThat(running.awaitExit()).isEqualTo(new ExitStatus.Exited(127));
        }
    }

    @Test
    void saysThatANetworkIsNotThere() {
        fails(
                image(SCRIPTED, "no-such-network", Optional.empty()),
                "docker.no_such_network",
                FailureType.CONFIG_ERROR,
                "the network 'no-such-network' does not exist");
    }
}
