package dev.sluice.runner.launch.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.HostConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/// The way of one container's inputs and standard streams: two that promise the same.
///
/// What a container has written before it ended is read to the last byte, however slowly; a reader that is slow
/// stops the container, not the runner's memory; the end of the input arrives, however small or large it is.
sealed interface ContainerStreams extends AutoCloseable permits NamedPipes, AttachedStreams {
    /// Adds what the container must have for this. Its entry point and arguments are set already.
    void configure(CreateContainerCmd create, HostConfig host);

    /// Does what must be done between the creation of the container and its start.
    void connect(String container) throws IOException, InterruptedException;

    /// Waits until the container, just started, has its streams. False when it ended without them.
    ///
    /// @throws java.util.concurrent.TimeoutException when it neither has them nor ended in time
    boolean awaitOpen(Duration limit) throws InterruptedException, java.util.concurrent.TimeoutException;

    InputStream stdout();

    InputStream stderr();

    /// Closing it is the end of the input. A write fails once the container has ended.
    OutputStream stdin();

    /// As [dev.sluice.runner.launch.RunningConnector#widenOutput].
    default void widenOutput() {}

    default void widenInput() {}

    /// The container is about to be stopped: whatever holds it back lets it go.
    void stopping();

    /// The container has ended: readers see the end after the last byte, and a writer that waits for room fails.
    void containerEnded();

    /// After the container was removed.
    @Override
    void close();
}
