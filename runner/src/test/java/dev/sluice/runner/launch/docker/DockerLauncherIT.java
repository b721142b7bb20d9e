package dev.sluice.runner.launch.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.KilledRunner;
import dev.sluice.runner.launch.RunDirectory;
import dev.sluice.runner.launch.RunningConnector;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// As users launch: the runner chooses the way.
final class DockerLauncherIT extends DockerLauncherContract {
    @Override
    ConnectorLaunch.Pipes pipes() {
        return ConnectorLaunch.Pipes.AUTO;
    }

    @Test
    void attachesToAnImageWithoutAShellAndRemembersThat() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (RunningConnector running = launcher.launch(
                    image(WITHOUT_SHELL),
                    new ConnectorCommand.Write(config(""), Json.mapper().createObjectNode()),
                    stderr::add)) {
                try (OutputStream input = running.input()) {
                    input.write("the input".getBytes(UTF_8));
                }
                assertThat(output(running)).startsWith("write\n{").endsWith("}the input");
            }
        }
    }

    @Test
    void saysThatTheRegistryOfAnImageCannotBeReached() {
        fails(
                image("localhost:1/sluice/no-such-image:1"),
                "docker.no_registry",
                FailureType.TRANSIENT_ERROR,
                "the image localhost:1/sluice/no-such-image:1 is not on this machine, and its registry cannot be reached: ");
        fails(
                image("localhost:1/sluice/no-such-image"),
                "docker.no_registry",
                FailureType.TRANSIENT_ERROR,
                "the image localhost:1/sluice/no-such-image is not on this machine, and its registry cannot be reached: ");
    }

    @Test
    void saysThatAnImageNameIsNotOne() {
        fails(image("Not An Image"), "docker.no_such_image", FailureType.CONFIG_ERROR, "the image Not An Image ");
    }

    @Test
    void saysThatTheEngineDoesNotAnswer() {
        DockerLauncher elsewhere =
                new DockerLauncher(run, Map.of("DOCKER_HOST", "unix:///nowhere/docker.sock"), notices::add);
        assertThatThrownBy(() -> elsewhere.fingerprint(image(SCRIPTED)))
                .isInstanceOfSatisfying(RunnerException.class, e -> {
                    assertThat(e.code()).isEqualTo("docker.unreachable");
                    assertThat(e.type()).isEqualTo(FailureType.TRANSIENT_ERROR);
                    assertThat(e.where()).contains("unix:///nowhere/docker.sock");
                });
        DockerLauncher nonsense = new DockerLauncher(run, Map.of("DOCKER_HOST", "nonsense"), notices::add);
        assertThatThrownBy(() -> nonsense.fingerprint(image(SCRIPTED)))
                .isInstanceOfSatisfying(
                        RunnerException.class, e -> assertThat(e.code()).isEqualTo("docker.wrong_host"));
    }

    @Test
    void knowsAnImageByItsContent() throws Exception {
        String before = launcher.fingerprint(image(SCRIPTED));
        assertThat(before).startsWith("sha256:").isEqualTo(launcher.fingerprint(image(SCRIPTED)));
        assertThat(launcher.fingerprint(image(WITH_USER))).isNotEqualTo(before);
    }

    @Test
    void leavesTheContainersOfLivingRunnersAlone() throws Exception {
        try (RunningConnector running = check("echo started; exec sleep 1000")) {
            running.output().read();
            try (RunDirectory other = RunDirectory.create(TEMPORARY)) {
                new DockerLauncher(other, System.getenv(), notices::add).fingerprint(image(SCRIPTED));
            }
            assertThat(running.awaitExit(Duration.ofMillis(50))).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"named", "attach"})
    void removesWhatAKilledRunnerLeft(String pipes, @TempDir Path elsewhere, @TempDir Path register) throws Exception {
        Path left = KilledRunner.leave(pipes, elsewhere, register);
        // Also one that has ended: what runs in it may have noticed that nobody listens.
        String container = docker("ps", "-aq", "--filter", "label=dev.sluice.run=" + left);
        assertThat(container).isNotEmpty();
        List<String> volumes = volumes(container);
        assertThat(volumes).hasSize(pipes.equals("attach") ? 1 : 0);

        RunDirectory.sweep(elsewhere, register);
        launcher.fingerprint(image(SCRIPTED));

        assertThat(docker("ps", "-aq", "--filter", "label=dev.sluice.run=" + left))
                .isEmpty();
        assertThat(docker("volume", "ls", "-q").lines()).noneMatch(volumes::contains);
        assertThat(left).doesNotExist();
        // None when another runner on this machine was faster.
        assertThat(notices).allMatch("removed a container of sluice/debian:12 that a killed run had left"::equals);
    }

    @Test
    void removesTheInputsOfAKilledRunnerWhenSomebodyElseHasRemovedItsContainer(
            @TempDir Path elsewhere, @TempDir Path register) throws Exception {
        Path left = KilledRunner.leave("attach", elsewhere, register);
        String label = "label=dev.sluice.run=" + left;
        docker("rm", "-f", docker("ps", "-aq", "--filter", label));
        assertThat(docker("volume", "ls", "-q", "--filter", label)).isNotEmpty();

        launcher.fingerprint(image(SCRIPTED));

        assertThat(docker("volume", "ls", "-q", "--filter", label)).isEmpty();
    }

    private static List<String> volumes(String container) throws Exception {
        return docker(
                        "inspect",
                        "-f",
                        "{{range .Mounts}}{{if eq .Type \"volume\"}}{{.Name}}\n{{end}}{{end}}",
                        container)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /// Containers as runners label them, of which each says by how it was made whether it must go.
    @Test
    void knowsTheContainersOfDeadRunnersFromThoseOfOthers() throws Exception {
        RunnerMark self = mark();
        String nowhere = "0".repeat(64);
        String dead = pretend(new RunnerMark(self.boot(), self.processes(), "4194305", "1", "", ""), true);
        String reused = pretend(new RunnerMark(self.boot(), self.processes(), self.pid(), "1", "", ""), false);
        String earlier = pretend(new RunnerMark("another boot", "pid:[1]", "1", "1", self.machine(), ""), false);
        String gone = pretend(new RunnerMark(self.boot(), "pid:[1]", "1", "1", "", nowhere), false);
        String alive = pretend(self, false);
        String contained = pretend(new RunnerMark(self.boot(), "pid:[1]", "1", "1", "", alive), false);
        String elsewhere = pretend(new RunnerMark("another boot", "pid:[1]", "1", "1", "another machine", ""), false);
        String unknown = pretend(new RunnerMark("", "", "", "", "", ""), false);
        try {
            launcher.fingerprint(image(SCRIPTED));
            List<String> left = docker("ps", "-aq", "--no-trunc").lines().toList();
            assertThat(left).contains(alive, contained, elsewhere, unknown);
            assertThat(left).doesNotContain(dead, reused, earlier, gone);
        } finally {
            docker("rm", "-f", "-v", dead, reused, earlier, gone, alive, contained, elsewhere, unknown);
        }
    }

    private static RunnerMark mark() throws InterruptedException {
        try (DockerEngine engine = new DockerEngine(System.getenv(), DockerEngine.ANSWER)) {
            engine.meet();
            return RunnerMark.ofThisRunner(engine);
        }
    }

    private static String pretend(RunnerMark mark, boolean paused) throws Exception {
        List<String> run =
                new ArrayList<>(List.of("run", "-d", "--network", "none", "--label", "dev.sluice.run=/pretended"));
        mark.labels().forEach((name, value) -> run.addAll(List.of("--label", name + "=" + value)));
        run.addAll(List.of("sluice/debian:12", "sleep", "1000"));
        String id = docker(run.toArray(String[]::new));
        if (paused) {
            docker("pause", id);
        }
        return id;
    }
}
