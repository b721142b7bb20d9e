package dev.sluice.runner.launch.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.WaitResponse;
import dev.sluice.runner.launch.ConnectorInputs;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.ErrorLines;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.Launcher;
import dev.sluice.runner.launch.RunningConnector;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A container and its pipes.
final class RunningContainer implements RunningConnector {
    private static final Duration GRACE = Duration.ofSeconds(10);

    /// What a shell and Docker's init say of a program that is not there.
    private static final int NOT_FOUND = 127;

    private final ConnectorLaunch.InContainer launch;
    private final DockerClient client;
    private final String id;
    private final ConnectorInputs inputs;
    private final Pipes pipes;
    private final ErrorLines errors;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private volatile boolean stopped;

    RunningContainer(
            ConnectorLaunch.InContainer launch,
            DockerClient client,
            String id,
            ConnectorInputs inputs,
            Pipes pipes,
            Launcher.LineSink stderr) {
        this.launch = launch;
        this.client = client;
        this.id = id;
        this.inputs = inputs;
        this.pipes = pipes;
        this.errors = new ErrorLines(launch.image(), pipes.stderr(), stderr);
    }

    void start() {
        client.startContainerCmd(id).exec();
        watch();
    }

    /// The answer comes when the container has ended; until then the request stays open: no polling.
    private void watch() {
        client.waitContainerCmd(id).exec(new ResultCallback.Adapter<WaitResponse>() {
            @Override
            public void onError(Throwable e) {
                ended(); // The engine is gone, or the container was removed by somebody else.
            }

            @Override
            public void onComplete() {
                ended();
            }
        });
    }

    private synchronized void ended() {
        if (exit.isDone()) {
            return;
        }
        Optional<ExitStatus> status = status();
        if (status.isEmpty()) {
            watch(); // Only the request has ended.
            return;
        }
        exit.complete(status.get());
        pipes.containerEnded();
    }

    /// Empty while it runs.
    private Optional<ExitStatus> status() {
        InspectContainerResponse.ContainerState state;
        try {
            state = client.inspectContainerCmd(id).exec().getState();
        } catch (RuntimeException e) {
            return Optional.of(stopped ? new ExitStatus.Stopped() : new ExitStatus.Lost());
        }
        if (Boolean.TRUE.equals(state.getRunning()) || state.getExitCodeLong() == null) {
            return Optional.empty();
        }
        int code = state.getExitCodeLong().intValue();
        if (code == 0) {
            return Optional.of(new ExitStatus.Exited(0));
        }
        if (stopped) {
            return Optional.of(new ExitStatus.Stopped());
        }
        if (code == NOT_FOUND && !pipes.areConnected()) {
            return Optional.of(new ExitStatus.NoShell());
        }
        return Optional.of(
                Boolean.TRUE.equals(state.getOOMKilled())
                        ? new ExitStatus.OutOfMemory(launch.memoryBytes())
                        : ExitStatus.of(code));
    }

    @Override
    public String name() {
        return launch.image();
    }

    @Override
    public InputStream output() {
        return pipes.stdout();
    }

    @Override
    public OutputStream input() {
        return pipes.stdin();
    }

    @Override
    public ExitStatus awaitExit() throws InterruptedException {
        try {
            return exit.get();
        } catch (ExecutionException e) {
            throw new AssertionError("never completed exceptionally", e);
        }
    }

    @Override
    public Optional<ExitStatus> awaitExit(Duration limit) throws InterruptedException {
        try {
            return Optional.of(exit.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new AssertionError("never completed exceptionally", e);
        }
    }

    @Override
    public List<String> lastErrorLines() {
        return errors.last();
    }

    @Override
    public void stop(Duration grace) {
        if (exit.isDone()) {
            return;
        }
        stopped = true;
        try {
            client.stopContainerCmd(id).withTimeout((int) grace.toSeconds()).exec();
        } catch (RuntimeException e) {
            // It ended by itself just now, or the engine is gone and `ended` hears of it.
        }
    }

    @Override
    public void close() {
        if (!exit.isDone()) {
            stop(GRACE);
        }
        DockerLauncher.remove(client, id);
        pipes.close();
        inputs.delete();
    }
}
