package dev.sluice.runner.sync;

import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.ForeignLine;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.Line;
import dev.sluice.protocol.json.MessageLine;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.RecordLine;
import dev.sluice.runner.RunLog;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.connection.Connection.Limits;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.Launcher;
import dev.sluice.runner.state.SyncState;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// A source read by this program, record by record: a sync whose destination is the caller. So everything that
/// holds for a sync holds here: what is recognised, what is lost, what is a failure and which of several is its cause.
///
/// The source runs ahead of the caller by what fits into two pipes, then it waits. One thread at a time may ask for
/// records; any thread may close it.
public final class Reading implements AutoCloseable {
    /// The program may take its time: it is not stuck, it is busy with what it has read.
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final Sync sync;
    private final ProgramDestination program;
    private final MessageReader reader;
    private final Thread thread;
    private final CompletableFuture<SyncReport> report = new CompletableFuture<>();
    private volatile boolean closed;
    private SyncState state;

    private Reading(Sync sync, ProgramDestination program, SyncState from, int lineBytes) {
        this.sync = sync;
        this.program = program;
        this.state = from;
        // A line may have grown on its way by the mark and the count of a state.
        this.reader = new MessageReader(program.records(), (int) Math.min(lineBytes + 4096L, Integer.MAX_VALUE - 64));
        this.thread = Thread.ofPlatform().daemon().name("read").unstarted(this::run);
    }

    /// Starts the source of a connection; its destination is not asked.
    public static Reading start(
            Connection connection, SyncPlan plan, Launcher launcher, SecretMask mask, RunLog log) {
        ProgramDestination program = new ProgramDestination();
        Limits limits = connection.limits();
        Connection toProgram = connection.to(
                new Connection.Connector(
                        new ConnectorLaunch.ThisProgram(program),
                        Json.mapper().createObjectNode()),
                new Limits(limits.sourceTimeout(), FOR_EVER, limits.operationTimeout(), limits.lineBytes()));
        Sync sync = new Sync(toProgram, plan, launcher, new NoStore(plan.from()), mask, log);
        Reading reading = new Reading(sync, program, plan.from(), limits.lineBytes());
        reading.thread.start();
        return reading;
    }

    private void run() {
        try {
            report.complete(sync.run());
        } catch (Throwable e) {
            report.completeExceptionally(e);
        } finally {
            program.close();
        }
    }

    /// The next record, or null at the end. It is valid until the next call.
    ///
    /// @throws RunnerException where the source failed, once every record before that has been returned; the cause,
    ///     with what followed from it as suppressed exceptions
    /// @throws InterruptedException when the caller's thread was; the source is stopped then
    public RecordLine next() throws InterruptedException {
        try {
            for (Line line = reader.read(); line != null; line = reader.read()) {
                switch (line) {
                    case RecordLine record -> {
                        return record;
                    }
                    case MessageLine(AirbyteStateMessage message, var json) -> {
                        state = state.with(message, json);
                        program.vouchFor(json);
                    }
                    case MessageLine _, ForeignLine _ -> {
                        // That a stream is complete; nothing else is sent to a destination.
                    }
                }
            }
        } catch (InterruptedIOException e) {
            Thread.interrupted();
            close();
            throw new InterruptedException("interrupted while it waited for " + program.name());
        } catch (IOException e) {
            // Closed by another thread, or stopped with everything else: the report says which.
        }
        if (!closed) {
            program.done();
            throwIfFailed();
        }
        return null;
    }

    private void throwIfFailed() throws InterruptedException {
        join();
        List<RunnerException> failures;
        try {
            failures = report.join().failures();
        } catch (CompletionException e) {
            throw new RunnerException(
                    FailureType.SYSTEM_ERROR,
                    "runner.bug",
                    "this is a bug in Sluice: " + e.getCause(),
                    "",
                    "report it with this line",
                    e.getCause());
        }
        if (!failures.isEmpty()) {
            throw SyncReport.failure(failures);
        }
    }

    private void join() throws InterruptedException {
        thread.join();
    }

    /// Where the source would continue behind the records returned so far. What it covers was returned; records
    /// since its last state are not covered, and come again.
    public SyncState state() {
        return state;
    }

    /// Stops the source if it still runs, and returns when nothing of it is left, also when it is interrupted.
    @Override
    public void close() {
        closed = true;
        if (thread.isAlive()) {
            sync.cancel();
            program.close();
        }
        boolean interrupted = false;
        while (true) {
            try {
                join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
