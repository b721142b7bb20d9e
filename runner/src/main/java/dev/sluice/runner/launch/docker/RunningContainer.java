package dev.sluice.runner.launch.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
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
    private static final int SIGKILL = 9;

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
        // The answer comes when the container has ended; until then the request stays open: no polling.
        client.waitContainerCmd(id).exec(new ResultCallback.Adapter<WaitResponse>() {
            @Override
            public void onNext(WaitResponse response) {
                ended(response.getStatusCode());
            }

            @Override
            public void onError(Throwable e) {
                ended(null); // The engine is gone, or the container was removed by somebody else.
            }

            @Override
            public void onComplete() {
                ended(null);
            }
        });
    }

    private synchronized void ended(Integer code) {
        if (exit.isDone()) {
            return;
        }
        exit.complete(status(code));
        pipes.containerEnded();
    }

    private ExitStatus status(Integer waited) {
        int code = waited == null ? 137 : waited;
        try {
            InspectContainerResponse.ContainerState state =
                    client.inspectContainerCmd(id).exec().getState();
            if (Boolean.TRUE.equals(state.getOOMKilled())) {
                return new ExitStatus.OutOfMemory(launch.memoryBytes());
            }
            if (state.getExitCodeLong() != null) {
                code = state.getExitCodeLong().intValue();
            }
        } catch (RuntimeException e) {
            // Removed behind our back; what `wait` said must do.
        }
        if (stopped && code != 0) {
            return new ExitStatus.Stopped();
        }
        return code == 128 + SIGKILL ? new ExitStatus.Killed(SIGKILL) : new ExitStatus.Exited(code);
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
        } catch (NotModifiedException | NotFoundException e) {
            // It ended by itself just now.
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
