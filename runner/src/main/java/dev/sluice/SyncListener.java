package dev.sluice;

import dev.sluice.runner.RunnerException;
import dev.sluice.runner.sync.StreamProgress;
import java.time.Duration;
import java.util.List;

/// Hears how a sync goes, on the thread that has called [Selection#syncTo]. What it throws stops the sync.
public interface SyncListener {
    /// How far each stream is; about once a second and once at the end, also when the sync has failed.
    ///
    /// @param streams empty until the connectors are started
    default void progress(List<StreamProgress> streams) {}

    /// An attempt has failed and is followed by another.
    ///
    /// @param attempt from 1
    /// @param wait how long until the next begins; may be zero
    default void failed(int attempt, RunnerException cause, Duration wait) {}
}
