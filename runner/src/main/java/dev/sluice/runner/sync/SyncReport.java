package dev.sluice.runner.sync;

import dev.sluice.runner.RunnerException;
import dev.sluice.runner.state.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a sync moved, and what went wrong.
///
/// @param sync its number, higher than those of all earlier syncs of the connection
/// @param attempts how many it took
/// @param streams as far as the last attempt came, with what earlier ones had moved of the same generation; empty when
///     none came to start its connectors
/// @param failures of the last attempt: the cause first, then what followed from it; empty when all went well
/// @param warnings odd things that are no reason to fail
/// @param checkpoints how often a state was stored, in all attempts
/// @param took from the beginning of the first attempt to the end of the last
/// @param whereToLook what the destination says about where the data is
public record SyncReport(
        long sync,
        int attempts,
        List<StreamProgress> streams,
        List<RunnerException> failures,
        List<String> warnings,
        long checkpoints,
        Duration took,
        Optional<String> whereToLook) {

    public boolean isSuccess() {
        return failures.isEmpty();
    }

    /// The report of an attempt that could not be made.
    static SyncReport notStarted(long sync, RunnerException why) {
        return new SyncReport(sync, 1, List.of(), List.of(why), List.of(), 0, Duration.ZERO, Optional.empty());
    }

    /// The same attempt, as the last of several.
    ///
    /// @param progress also when this one did not come to start
    SyncReport asLastOf(int all, List<StreamProgress> progress, long allCheckpoints, Duration inAll) {
        return new SyncReport(sync, all, progress, failures, warnings, allCheckpoints, inAll, whereToLook);
    }

    SyncReport withWarning(String warning) {
        List<String> all = new ArrayList<>(warnings);
        all.add(warning);
        return new SyncReport(sync, attempts, streams, failures, all, checkpoints, took, whereToLook);
    }

    /// The same, ended by something else.
    SyncReport endedBy(RunnerException why) {
        return new SyncReport(sync, attempts, streams, List.of(why), warnings, checkpoints, took, whereToLook);
    }

    /// Whether the last attempt has stored anything, so that the next one is nearer to the end.
    boolean hasCommitted() {
        return streams.stream().anyMatch(StreamProgress::hasCommitted);
    }

    Run.Outcome outcome() {
        if (isSuccess()) {
            return Run.Outcome.SUCCEEDED;
        }
        return failures.getFirst().code().equals(Failures.CANCELLED) ? Run.Outcome.CANCELLED : Run.Outcome.FAILED;
    }

    public long committed() {
        return streams.stream().mapToLong(StreamProgress::committed).sum();
    }

    public long records() {
        return streams.stream().mapToLong(StreamProgress::records).sum();
    }

    public long bytes() {
        return streams.stream().mapToLong(StreamProgress::bytes).sum();
    }
}
