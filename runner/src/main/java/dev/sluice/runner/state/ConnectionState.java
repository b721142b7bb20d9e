package dev.sluice.runner.state;

import dev.sluice.protocol.StreamDescriptor;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/// The place of one connection, held by one runner. Every write is refused once another runner has taken the
/// connection over.
public interface ConnectionState extends KeptConfigs, AutoCloseable {
    SyncState state();

    /// Generation of each stream that has ever run.
    Map<StreamDescriptor, Generation> generations();

    /// Begins a sync: its number, higher than any before, is stored. All its attempts have it.
    ///
    /// @param log told the number, says where the log will be
    long begin(LongFunction<Optional<String>> log);

    /// Stores what the streams of an attempt start from; before the destination is given anything.
    ///
    /// @param from replaces the stored state: streams that start over have none
    /// @param generations of the streams of this attempt
    void start(SyncState from, Map<StreamDescriptor, Generation> generations);

    /// Stores the state durably before it returns.
    void save(SyncState state);

    /// Notes that a stream's generation is whole.
    void complete(StreamDescriptor stream);

    /// Ends the sync with what it moved; for the history.
    void end(long sync, Run.End end);

    /// Gives the connection back.
    @Override
    void close();
}
