package dev.sluice.runner.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ctrl-C and SIGTERM: what runs ends in good order, and the JVM waits for that. Its exit code is 130 or 143 then,
/// whatever the command returns.
final class Interruption implements AutoCloseable {
    /// For a destination to commit what it has. What it does not, the next sync sends again.
    private static final long GENTLE_SECONDS = 15;

    /// For connectors to be stopped, by force in the end, and to be removed.
    private static final long FIRM_SECONDS = 20;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = Thread.ofPlatform().name("stop").unstarted(this::interrupt);
    private volatile Runnable gently = () -> {};
    private volatile Runnable firmly = () -> {};

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// What to do first.
    void gently(Runnable action) {
        gently = action;
    }

    /// What to do when that has not helped.
    void firmly(Runnable action) {
        firmly = action;
    }

    private void interrupt() {
        try {
            // On a thread of its own: to stop a source takes a part of that time. Not on a virtual one, because
            // readers of pipes may keep all carriers.
            Thread.ofPlatform().daemon().name("stop gently").start(gently);
            if (!ended.await(GENTLE_SECONDS, TimeUnit.SECONDS)) {
                firmly.run();
                ended.await(FIRM_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is at work.
        }
    }
}
