package dev.sluice.e2e;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// Waits for something that will happen, however slow this machine is.
final class Await {
    /// After this long it will not happen any more.
    private static final Duration BOUND = Duration.ofMinutes(2);

    private static final Duration PAUSE = Duration.ofMillis(20);

    @FunctionalInterface
    interface Condition {
        boolean holds() throws Exception;
    }

    private Await() {}

    /// @param what completes the sentence "waited for …"
    static void until(String what, Condition condition) {
        until(what, condition, Optional::empty);
    }

    /// @param hopeless says why it cannot happen any more, once that is so
    static void until(String what, Condition condition, Supplier<Optional<String>> hopeless) {
        long start = System.nanoTime();
        Exception last = null;
        while (true) {
            // Before the condition: what ended well a moment ago may have made it true.
            Optional<String> reason = hopeless.get();
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (Exception e) {
                last = e; // Not there yet: a table, a file, a server.
            }
            if (reason.isPresent()) {
                throw new AssertionError("waited for %s, but %s".formatted(what, reason.get()), last);
            }
            if (System.nanoTime() - start > BOUND.toNanos()) {
                throw new AssertionError("waited for %s for %s".formatted(what, BOUND), last);
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + what, e);
            }
        }
    }
}
