package dev.sluice.runner.sync;

import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.connection.Connection.Limits;
import dev.sluice.runner.launch.StoppableLauncher;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// Decides whether a failed attempt is followed by another, and when.
///
/// An attempt that has stored something is followed at once: the next one has less to do. One that has stored nothing
/// is followed after a pause that grows, as whatever is in the way needs time to go.
final class Retries {
    private static final int GROWTH = 3;
    private static final Duration LONGEST = Duration.ofMinutes(30);
    private static final int MAX_PARTIAL = 20;

    /// What another attempt cannot mend, although it is nobody's setting.
    private static final Set<String> FINAL =
            Set.of(Failures.CANCELLED, StoppableLauncher.STOPPED, "connection.taken_over");

    private final Limits limits;
    private int completeInARow;
    private int complete;
    private int partial;

    Retries(Limits limits) {
        this.limits = limits;
    }

    /// How long to wait before the next attempt; empty when there is to be none.
    ///
    /// @param hasCommitted whether the destination has vouched for any record of the failed attempt
    Optional<Duration> after(RunnerException cause, boolean hasCommitted) {
        if (limits.attempts() == 1 || cause.type() == FailureType.CONFIG_ERROR || FINAL.contains(cause.code())) {
            return Optional.empty();
        }
        if (hasCommitted) {
            completeInARow = 0;
            partial++;
            return partial < MAX_PARTIAL ? Optional.of(Duration.ZERO) : Optional.empty();
        }
        completeInARow++;
        complete++;
        if (completeInARow >= limits.attempts() || complete >= 2 * limits.attempts()) {
            return Optional.empty();
        }
        Duration wait = limits.retryAfter();
        for (int i = 1; i < completeInARow && wait.compareTo(LONGEST) < 0; i++) {
            Duration longer = wait.multipliedBy(GROWTH);
            wait = longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
        }
        return Optional.of(wait);
    }
}
