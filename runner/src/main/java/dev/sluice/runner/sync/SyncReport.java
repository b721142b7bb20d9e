package dev.sluice.runner.sync;

import dev.sluice.runner.RunnerException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a sync moved, and what went wrong.
///
/// @param failures the cause first, then what followed from it; empty when all went well
/// @param warnings odd things that are no reason to fail
/// @param checkpoints how often a state was stored
/// @param whereToLook what the destination says about where the data is
public record SyncReport(
        long sync,
        List<StreamProgress> streams,
        List<RunnerException> failures,
        List<String> warnings,
        long checkpoints,
        Duration took,
        Optional<String> whereToLook) {

    public boolean isSuccess() {
        return failures.isEmpty();
    }

    public long records() {
        return streams.stream().mapToLong(StreamProgress::records).sum();
    }

    public long bytes() {
        return streams.stream().mapToLong(StreamProgress::bytes).sum();
    }
}
