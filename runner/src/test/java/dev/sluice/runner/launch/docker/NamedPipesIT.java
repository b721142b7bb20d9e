package dev.sluice.runner.launch.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.runner.RunnerException;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.RunningConnector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class NamedPipesIT extends DockerLauncherContract {
    /// Its shell fails as one does that may not open the pipes.
    private static final String CLUMSY = "sluice/test-clumsy:" + TAG;

    @AfterAll
    static void removeClumsyImage() throws Exception {
        docker("rmi", "-f", CLUMSY);
    }

    @Override
    ConnectorLaunch.Pipes pipes() {
        return ConnectorLaunch.Pipes.NAMED;
    }

    @Test
    void seesThatAConnectorClosesItsOutputAndLivesOn() throws Exception {
        try (RunningConnector running = check("echo last; exec >&-; exec sleep 1000")) {
            assertThat(output(running)).isEqualTo("last");
            assertThat(running.awaitExit(Duration.ofMillis(50))).isEmpty();
        }
    }

    @Test
    void removesTheInputsOfAConnector() throws Exception {
        RunningConnector running = check("exit 0");
        try (var files = Files.list(run.path())) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).anyMatch(name -> name.startsWith("check-"));
        }
        running.close();
        running.close();
        try (var files = Files.list(run.path())) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).noneMatch(name -> name.startsWith("check-"));
        }
    }

    @Test
    void seesThatAConnectorClosesItsInputAndLivesOn() throws Exception {
        try (RunningConnector running = write("exec <&-; echo closed; exec sleep 1000")) {
            assertThat(running.output().read()).isEqualTo('c');
            assertThatThrownBy(() -> {
                        while (true) {
                            running.input().write(new byte[1 << 16]);
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThat(running.awaitExit(Duration.ofMillis(50))).isEmpty();
        }
    }

    @Test
    void makesRoomForAMegabyteThatNobodyReads() throws Exception {
        try (RunningConnector running = write("exec sleep 1000")) {
            running.widenInput();
            running.input().write(new byte[1 << 20]);
        }
    }

    @Test
    void saysThatAnImageHasNoShell() {
        assertThatThrownBy(() ->
                        launcher.launch(image(WITHOUT_SHELL), new ConnectorCommand.Check(config("")), stderr::add))
                .isInstanceOfSatisfying(RunnerException.class, e -> {
                    assertThat(e.code()).isEqualTo("docker.no_shell");
                    assertThat(e)
                            .hasMessage(WITHOUT_SHELL + " has no /bin/sh, which connects a connector to named pipes");
                    assertThat(e.next()).isPresent();
                });
    }

    @Test
    void doesNotTakeAShellThatCannotOpenThePipesForTheConnector() throws Exception {
        build(
                CLUMSY,
                "FROM sluice/debian:12\nRUN printf '#!/bin/dash\\nexit 2\\n' >/sh && chmod +x /sh && mv /sh /bin/sh\n");
        assertThatThrownBy(() -> launcher.launch(image(CLUMSY), new ConnectorCommand.Check(config("")), stderr::add))
                .isInstanceOfSatisfying(RunnerException.class, e -> {
                    assertThat(e.code()).isEqualTo("docker.no_pipes");
                    assertThat(e).hasMessage(CLUMSY + " could not open its named pipes: its shell exited with code 2");
                });
    }

    @Test
    void givesUpOnAContainerThatNeverOpensItsPipes() {
        ConnectorLaunch.InContainer deaf = image(DEAF);
        ConnectorLaunch.InContainer hurried = new ConnectorLaunch.InContainer(
                deaf.image(),
                deaf.buildContext(),
                deaf.network(),
                deaf.memoryBytes(),
                deaf.cpus(),
                deaf.maxProcesses(),
                deaf.localDirectory(),
                deaf.readOnly(),
                deaf.tmpBytes(),
                deaf.pipes(),
                Duration.ofSeconds(10));
        assertThatThrownBy(() -> launcher.launch(hurried, new ConnectorCommand.Check(config("")), stderr::add))
                .isInstanceOfSatisfying(RunnerException.class, e -> {
                    assertThat(e.code()).isEqualTo("docker.start_timeout");
                    assertThat(e).hasMessage(DEAF + " was started but its shell did not open its pipes within 10 s");
                });
    }

    @Test
    void stopsWaitingForAContainerWhenNobodyWantsItAnyMore() throws Exception {
        Thread launching = Thread.currentThread();
        Thread.ofPlatform().start(() -> {
            try {
                while (containerId().isEmpty()) {
                    Thread.onSpinWait();
                }
                launching.interrupt();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThatThrownBy(() -> launcher.launch(image(DEAF), new ConnectorCommand.Check(config("")), stderr::add))
                .isInstanceOf(InterruptedException.class);
    }
}
