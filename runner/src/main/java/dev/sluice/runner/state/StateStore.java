package dev.sluice.runner.state;

import java.util.Optional;

/// Where connections keep their place. Safe to use by several runners at a time.
public interface StateStore extends AutoCloseable {
    /// Takes a connection for this runner, until it is closed or the runner ends, however it ends.
    ///
    /// @throws dev.sluice.runner.RunnerException when another runner has it
    ConnectionState acquire(String connection);

    /// What is stored for a connection, to be shown; empty when it has never run.
    Optional<SyncState> peek(String connection);

    /// The configurations kept for a connection, for whoever does not hold it: of two that write at a time, the
    /// later one counts.
    KeptConfigs configs(String connection);

    /// Where this is, as the user knows it: a file, or a database without its password.
    String location();

    @Override
    void close();
}
