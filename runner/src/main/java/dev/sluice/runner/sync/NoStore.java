package dev.sluice.runner.sync;

import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.Generation;
import dev.sluice.runner.state.KeptConfig;
import dev.sluice.runner.state.Run;
import dev.sluice.runner.state.Side;
import dev.sluice.runner.state.SyncState;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/// The place of a read: whoever reads keeps it.
record NoStore(SyncState state) implements ConnectionState {
    @Override
    public Map<StreamDescriptor, Generation> generations() {
        return Map.of();
    }

    @Override
    public long begin(LongFunction<Optional<String>> log) {
        return 0;
    }

    @Override
    public void start(SyncState from, Map<StreamDescriptor, Generation> generations) {}

    @Override
    public void save(SyncState state) {}

    @Override
    public void complete(StreamDescriptor stream) {}

    @Override
    public void end(long sync, Run.End end) {}

    /// What the source asks to be configured with is kept where its connection says, not here.
    @Override
    public Optional<KeptConfig> config(Side side) {
        return Optional.empty();
    }

    @Override
    public void keep(Side side, KeptConfig config) {}

    @Override
    public void drop(Side side, KeptConfig config) {}

    @Override
    public void close() {}
}
