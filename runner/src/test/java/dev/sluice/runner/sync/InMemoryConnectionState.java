package dev.sluice.runner.sync;

import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.Generation;
import dev.sluice.runner.state.KeptConfig;
import dev.sluice.runner.state.Run;
import dev.sluice.runner.state.Side;
import dev.sluice.runner.state.SyncState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/// A connection's place in memory, which remembers every state it was given. Can go down.
final class InMemoryConnectionState implements ConnectionState {
    final List<SyncState> saved = new ArrayList<>();
    final List<Run.End> ends = new ArrayList<>();
    private final Map<StreamDescriptor, Generation> generations = new TreeMap<>();
    final Map<Side, KeptConfig> configs = new ConcurrentHashMap<>();
    private SyncState state = SyncState.EMPTY;
    private long syncs;
    private volatile boolean down;
    private boolean failsAtTheEnd;
    private boolean keepsNoConfigs;

    InMemoryConnectionState with(SyncState stored) {
        state = stored;
        return this;
    }

    void goDown() {
        down = true;
    }

    void comeBack() {
        down = false;
    }

    /// The last thing of a sync, and nothing before it.
    void failAtTheEnd() {
        failsAtTheEnd = true;
    }

    void keepsNoConfigs() {
        keepsNoConfigs = true;
    }

    void keepsConfigsAgain() {
        keepsNoConfigs = false;
    }

    private void requireUp() {
        requireUp(true);
    }

    private void requireUp(boolean able) {
        if (down || !able) {
            throw new RunnerException(
                    FailureType.TRANSIENT_ERROR,
                    "state.unavailable",
                    "the state store cannot be used: no space left on device",
                    "state.db",
                    "make it available again, then run the same command: nothing is lost");
        }
    }

    @Override
    public SyncState state() {
        return state;
    }

    @Override
    public Map<StreamDescriptor, Generation> generations() {
        return Map.copyOf(generations);
    }

    @Override
    public long begin(LongFunction<Optional<String>> log) {
        requireUp();
        log.apply(++syncs);
        return syncs;
    }

    @Override
    public void start(SyncState from, Map<StreamDescriptor, Generation> started) {
        requireUp();
        state = from;
        generations.putAll(started);
    }

    @Override
    public void save(SyncState given) {
        requireUp();
        saved.add(given);
        state = given;
    }

    @Override
    public void complete(StreamDescriptor stream) {
        requireUp();
        generations.computeIfPresent(
                stream, (_, generation) -> new Generation(generation.id(), true, generation.refresh()));
    }

    @Override
    public void end(long sync, Run.End end) {
        down |= failsAtTheEnd;
        requireUp();
        ends.add(end);
    }

    @Override
    public Optional<KeptConfig> config(Side side) {
        return Optional.ofNullable(configs.get(side));
    }

    @Override
    public void keep(Side side, KeptConfig config) {
        requireUp(!keepsNoConfigs);
        configs.put(side, config);
    }

    @Override
    public void drop(Side side, KeptConfig config) {
        requireUp();
        configs.remove(side, config);
    }

    @Override
    public void close() {}
}
