package dev.sluice.runner.state;

import java.time.Instant;
import java.util.Optional;

/// One sync of the past, or the one that runs.
///
/// @param log where its log is, on the machine it ran on; empty when it has none
/// @param end empty while it runs, and for ever when it was killed
public record Run(long sync, Instant started, Optional<String> log, Optional<End> end) {
    public enum Outcome {
        SUCCEEDED,
        FAILED,
        CANCELLED
    }

    /// @param records handed to the destination
    /// @param committed records the destination vouched for
    /// @param checkpoints how often a state was stored
    /// @param code of what went wrong first, as in docs/errors.md; empty when nothing did
    /// @param message of the same
    public record End(
            Instant at,
            Outcome outcome,
            int attempts,
            long records,
            long bytes,
            long committed,
            long checkpoints,
            String code,
            String message) {}
}
