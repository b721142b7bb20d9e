package dev.sluice.runner.sync;

import dev.sluice.protocol.FailureType;
import dev.sluice.runner.connection.Connection.Limits;
import dev.sluice.runner.launch.RunningConnector;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Sees to it that a sync ends: a source that sends nothing for too long, or a destination that takes nothing,
/// is stopped, and that is the reason the user is told.
///
/// Only records and states count as signs of life of a source: a connector that is stuck may go on logging.
/// While the destination is busy, the source is not to blame.
final class Liveness implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Limits limits;
    private final Failures failures;
    private volatile long lastBeat = System.nanoTime();
    private volatile boolean sourceEnded;

    /// When the destination began what it is doing: one write, or the rest of its work; 0 while it owes nothing.
    private final AtomicLong destinationBusySince = new AtomicLong();

    /// Null until something is watched.
    private Thread watch;

    Liveness(Limits limits, Failures failures) {
        this.limits = limits;
        this.failures = failures;
    }

    /// Watches until it is closed, on a thread of its own that wakes only when a limit may have passed.
    void watch(RunningConnector source, RunningConnector destination) {
        // A platform thread: it must run whatever keeps the carriers of virtual ones.
        watch = Thread.ofPlatform().daemon().name("liveness").start(() -> {
            boolean sourceStopped = false;
            while (!Thread.currentThread().isInterrupted()) {
                long now = System.nanoTime();
                long busySince = destinationBusySince.get();
                long left;
                if (busySince != 0) {
                    left = limits.destinationTimeout().toNanos() - (now - busySince);
                    if (left <= 0) {
                        failures.destinationTimeout(limits.destinationTimeout());
                        source.stop(GRACE);
                        destination.stop(GRACE);
                        return;
                    }
                } else if (sourceEnded || sourceStopped) {
                    left = limits.destinationTimeout().toNanos();
                } else {
                    left = limits.sourceTimeout().toNanos() - (now - lastBeat);
                    if (left <= 0) {
                        failures.source(
                                FailureType.TRANSIENT_ERROR,
                                "source.timeout",
                                "sent nothing for %s and was stopped".formatted(Limits.words(limits.sourceTimeout())),
                                "raise `source_timeout` under `limits:` if it pauses that long");
                        // Not the destination: its input ends now, and it may keep and return what it has.
                        source.stop(GRACE);
                        sourceStopped = true;
                        continue;
                    }
                }
                LockSupport.parkNanos(Math.min(
                                left,
                                Math.min(
                                        limits.sourceTimeout().toNanos(),
                                        limits.destinationTimeout().toNanos()))
                        + 1_000_000);
            }
        });
    }

    /// The source has sent a record or a state.
    void beat() {
        beats = true;
    }

    /// Set for each record, read for each block: asking the clock for each record would cost more than the rest.
    private boolean beats;

    /// The source waits for its own source, which has told it until when.
    void beatsAgainAt(long epochMillis) {
        long wait = Math.max(0, epochMillis - System.currentTimeMillis());
        lastBeat = System.nanoTime()
                + Duration.ofMillis(Math.min(wait, Duration.ofDays(2).toMillis()))
                        .toNanos();
    }

    void sourceEnded() {
        sourceEnded = true;
        destinationBusySince.set(System.nanoTime());
        LockSupport.unpark(watch);
    }

    boolean hasSourceEnded() {
        return sourceEnded;
    }

    /// The destination has returned a state, so it is at work. Its log lines do not count: one that is stuck may
    /// go on logging.
    void destinationReturnedState() {
        long seen = destinationBusySince.get();
        if (seen != 0) {
            // Not when the pump has ended the write meanwhile: then the source is the one that is waited for.
            destinationBusySince.compareAndSet(seen, System.nanoTime());
        }
    }

    /// The destination's input, whose writes are timed.
    OutputStream timed(OutputStream input) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                long began = System.nanoTime();
                destinationBusySince.set(began);
                try {
                    input.write(bytes, offset, length);
                } finally {
                    long now = System.nanoTime();
                    // Its time stands still while the destination is busy; and before that is over, it is right.
                    lastBeat = beats ? Math.max(lastBeat, now) : lastBeat + (now - began);
                    beats = false;
                    if (!sourceEnded) {
                        destinationBusySince.set(0);
                    }
                }
            }

            @Override
            public void flush() throws IOException {
                input.flush();
            }

            @Override
            public void close() throws IOException {
                input.close();
            }
        };
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.interrupt();
        }
    }
}
