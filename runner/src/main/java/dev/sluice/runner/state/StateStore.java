package dev.sluice.runner.state;

import java.util.List;
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

    /// The last syncs of a connection, newest first.
    ///
    /// @param limit at most so many
    List<Run> runs(String connection, int limit);

    /// One sync of a connection, by its number.
    Optional<Run> run(String connection, long sync);

    /// Who has acquired a connection and not given it back, as far as it can be told; empty when nobody has.
    Optional<String> holder(String connection);

    /// Where this is, as the user knows it: a file, or a database without its password.
    String location();

    @Override
    void close();
}
