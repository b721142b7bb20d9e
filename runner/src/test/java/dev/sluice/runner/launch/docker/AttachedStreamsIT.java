package dev.sluice.runner.launch.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.protocol.json.Json;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.RunningConnector;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AttachedStreamsIT extends DockerLauncherContract {
    @Override
    ConnectorLaunch.Pipes pipes() {
        return ConnectorLaunch.Pipes.ATTACH;
    }

    @Test
    void runsAnImageWithoutAShell() throws Exception {
        try (RunningConnector running = launcher.launch(
                image(WITHOUT_SHELL),
                new ConnectorCommand.Write(config(""), Json.mapper().createObjectNode()),
                stderr::add)) {
            try (OutputStream input = running.input()) {
                input.write("the input".getBytes(UTF_8));
            }
            assertThat(output(running)).startsWith("write\n{").endsWith("}the input");
            assertThat(running.awaitExit()).isEqualTo(new ExitStatus.Exited(0));
        }
    }

    @Test
    void givesInputsToAConnectorWhoseRootFileSystemIsReadOnly() throws Exception {
        try (RunningConnector running = launcher.launch(
                image(SCRIPTED, "none", Optional.of(true)),
                new ConnectorCommand.Check(config("cat $3; touch /no")),
                stderr::add)) {
            assertThat(output(running)).contains("hunter22");
            assertThat(running.lastErrorLines()).singleElement().asString().contains("Read-only file system");
        }
    }

    @Test
    void stopsAContainerThatIsPausedBecauseNobodyReads() throws Exception {
        try (RunningConnector running = check("exec cat /dev/zero")) {
            while (!docker("inspect", "-f", "{{.State.Paused}}", containerId()).equals("true")) {
                Thread.onSpinWait();
            }
            running.stop(Duration.ofSeconds(5));
            assertThat(running.awaitExit()).isEqualTo(new ExitStatus.Stopped());
        }
    }

    @Test
    void doesNotTakeABrokenConnectionForTheEndOfTheOutput(@TempDir Path folder) throws Exception {
        breakOff("stdout=true", folder, "sleep 10; echo second", running -> {
            assertThatThrownBy(() -> running.output().readAllBytes())
                    .isInstanceOf(IOException.class)
                    .hasMessage("the connection to Docker broke, and what came after that is lost");
            assertThat(running.awaitExit()).isEqualTo(new ExitStatus.Exited(0));
        });
    }

    @Test
    void hearsOfTheEndAlthoughTheRequestThatWaitsForItBroke(@TempDir Path folder) throws Exception {
        breakOff("/wait", folder, "sleep 8; echo second", running -> {
            assertThat(output(running)).isEqualTo("second");
            assertThat(running.awaitExit()).isEqualTo(new ExitStatus.Exited(0));
        });
    }

    private interface Remainder {
        void of(RunningConnector running) throws Exception;
    }

    /// Breaks a request once the connector has said its first word.
    private void breakOff(String request, Path folder, String script, Remainder test) throws Exception {
        try (BreakingEngine engine = new BreakingEngine(folder.resolve("docker.sock"));
                DockerLauncher through = new DockerLauncher(run, engine.environment(), notices::add);
                RunningConnector running = through.launch(
                        image(SCRIPTED), new ConnectorCommand.Check(config("echo first; " + script)), stderr::add)) {
            assertThat(running.output().readNBytes(6)).asString().isEqualTo("first\n");
            engine.breakOff(request);
            test.of(running);
        }
    }

    /// The engine throws away what nobody has taken two seconds after the end; which amounts it would cut depends on
    /// how much lies in its buffers, some 1.4 MB, and in ours.
    @ParameterizedTest
    @ValueSource(ints = {1_400_000, 1_460_000, 9_860_000, 9_900_000, 20_000_000})
    void losesNothingOfWhatIsReadLongAfterTheContainerHasEnded(int size) throws Exception {
        try (RunningConnector running = check("exec head -c %d /dev/zero".formatted(size))) {
            running.awaitExit(Duration.ofSeconds(4));
            InputStream output = running.output();
            long total = 0;
            byte[] buffer = new byte[1 << 16];
            for (int n = output.read(buffer); n >= 0; n = output.read(buffer)) {
                total += n;
            }
            assertThat(total).isEqualTo(size);
            assertThat(running.awaitExit()).isEqualTo(new ExitStatus.Exited(0));
        }
    }
}
