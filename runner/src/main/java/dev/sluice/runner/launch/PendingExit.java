package dev.sluice.runner.launch;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// How a connector will have ended, for those who wait for that.
public final class PendingExit {
    private final CompletableFuture<ExitStatus> status = new CompletableFuture<>();

    /// It has ended; only the first call counts.
    public void complete(ExitStatus end) {
        status.complete(end);
    }

    public boolean isDone() {
        return status.isDone();
    }

    public ExitStatus await() throws InterruptedException {
        try {
            return status.get();
        } catch (ExecutionException e) {
            throw new AssertionError("never completed exceptionally", e);
        }
    }

    /// Empty when it has not ended within `limit`.
    public Optional<ExitStatus> await(Duration limit) throws InterruptedException {
        try {
            return Optional.of(status.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new AssertionError("never completed exceptionally", e);
        }
    }
}
