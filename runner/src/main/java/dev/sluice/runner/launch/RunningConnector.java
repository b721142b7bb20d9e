package dev.sluice.runner.launch;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A connector that runs. Whoever launched it closes it.
public interface RunningConnector extends AutoCloseable {
    /// One that has closed its output has this long to end, and the engine to say so.
    Duration ENDING = Duration.ofSeconds(30);

    /// As the user wrote it: an image with its tag, or a command.
    String name();

    /// What it prints. Ends when the connector has ended, also when a child of it lives on.
    InputStream output();

    /// Where a destination reads from; closing it is the end of its input. A write fails once the connector
    /// has ended.
    OutputStream input();

    /// Makes room in the pipe of its output, where that can be done: much is to go through it.
    default void widenOutput() {}

    /// The same for its input.
    default void widenInput() {}

    /// Waits until it has ended.
    ExitStatus awaitExit() throws InterruptedException;

    /// Waits until it has ended, no longer than `limit`.
    Optional<ExitStatus> awaitExit(Duration limit) throws InterruptedException;

    /// The last lines it printed on standard error, oldest first: often the only trace of what went wrong.
    List<String> lastErrorLines();

    /// Stops it: asks (SIGTERM), gives it `grace`, then forces (SIGKILL). Returns at once when it has ended.
    void stop(Duration grace);

    /// Stops it if it still runs, and removes everything that was made for it. Safe to call again.
    @Override
    void close();
}
