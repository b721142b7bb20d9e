package dev.sluice.runner.launch.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.WaitResponse;
import dev.sluice.runner.launch.ConnectorInputs;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.ErrorLines;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.Launcher;
import dev.sluice.runner.launch.PendingExit;
import dev.sluice.runner.launch.RunningConnector;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// A container and its streams.
final class RunningContainer implements RunningConnector {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final int SIGKILL = 9;

    private final ConnectorLaunch.InContainer launch;
    private final DockerEngine engine;
    private final String id;
    private final ConnectorInputs inputs;
    private final ContainerStreams streams;
    private final ErrorLines errors;
    private final PendingExit exit = new PendingExit();
    private volatile boolean stopped;

    RunningContainer(
            ConnectorLaunch.InContainer launch,
            DockerEngine engine,
            String id,
            ConnectorInputs inputs,
            ContainerStreams streams,
            Launcher.LineSink stderr) {
        this.launch = launch;
        this.engine = engine;
        this.id = id;
        this.inputs = inputs;
        this.streams = streams;
        this.errors = new ErrorLines(launch.image(), streams.stderr(), stderr);
    }

    /// Returns once the connector runs, or has come and gone. False when it ended without its streams.
    ///
    /// @throws TimeoutException when neither happens in time
    boolean start() throws InterruptedException, TimeoutException {
        long startedAt = System.nanoTime();
        boolean asked = false;
        try {
            engine.ask(
                    launch.startTimeout(),
                    client -> client.startContainerCmd(id).exec());
            asked = true;
        } finally {
            if (!asked) {
                exit.complete(new ExitStatus.Lost()); // Nobody hears of its end: it is only to be removed.
            }
        }
        watch();
        return streams.awaitOpen(launch.startTimeout().minusNanos(System.nanoTime() - startedAt));
    }

    /// The answer comes when the container has ended; until then the request stays open: no polling.
    private void watch() {
        AtomicBoolean over = new AtomicBoolean(); // docker-java says so twice when it is over by an error.
        engine.client().waitContainerCmd(id).exec(new ResultCallback.Adapter<WaitResponse>() {
            @Override
            public void onError(Throwable e) {
                onComplete(); // The engine is gone, or the container was removed by somebody else.
            }

            @Override
            public void onComplete() {
                if (!over.getAndSet(true)) {
                    ended();
                }
            }
        });
    }

    private synchronized void ended() {
        if (exit.isDone()) {
            return;
        }
        Optional<ExitStatus> status = status();
        if (status.isEmpty()) {
            // Only the request has ended. Where somebody between here and the engine allows none, not at once.
            CompletableFuture.delayedExecutor(
                            1, TimeUnit.SECONDS, Thread.ofPlatform().daemon()::start)
                    .execute(this::watch);
            return;
        }
        exit.complete(status.get());
        streams.containerEnded();
    }

    /// Empty while it runs.
    private Optional<ExitStatus> status() {
        InspectContainerResponse.ContainerState state;
        try {
            state = engine.ask(client -> client.inspectContainerCmd(id).exec()).getState();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(new ExitStatus.Lost());
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
        ExitStatus ended = ExitStatus.of(code);
        return Optional.of(isOutOfMemory(state, ended) ? new ExitStatus.OutOfMemory(launch.memoryBytes()) : ended);
    }

    /// That memory ran out reaches the engine on another way than the end of the process, and sometimes later.
    private boolean isOutOfMemory(InspectContainerResponse.ContainerState state, ExitStatus ended) {
        try {
            int looks = ended.equals(new ExitStatus.Killed(SIGKILL)) ? 30 : 0;
            for (int i = 0; i < looks && !Boolean.TRUE.equals(state.getOOMKilled()); i++) {
                Thread.sleep(100);
                state = engine.ask(client -> client.inspectContainerCmd(id).exec())
                        .getState();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // Removed by now: what is known has to do.
        }
        return Boolean.TRUE.equals(state.getOOMKilled());
    }

    @Override
    public String name() {
        return launch.image();
    }

    @Override
    public InputStream output() {
        return streams.stdout();
    }

    @Override
    public OutputStream input() {
        return streams.stdin();
    }

    @Override
    public void widenOutput() {
        streams.widenOutput();
    }

    @Override
    public void widenInput() {
        streams.widenInput();
    }

    @Override
    public ExitStatus awaitExit() throws InterruptedException {
        return exit.await();
    }

    @Override
    public Optional<ExitStatus> awaitExit(Duration limit) throws InterruptedException {
        return exit.await(limit);
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
        streams.stopping();
        engine.tidy(
                grace.plus(engine.answer()),
                client -> client.stopContainerCmd(id)
                        .withTimeout((int) grace.toSeconds())
                        .exec());
        try {
            if (exit.await(engine.answer()).isEmpty()) {
                // An engine that has stopped answering will not say either that the container has ended.
                exit.complete(new ExitStatus.Lost());
                streams.containerEnded();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (!exit.isDone()) {
            stop(GRACE);
        }
        errors.awaitEnd();
        engine.remove(id);
        streams.close();
        inputs.delete();
    }
}
