package dev.sluice.runner.sync;

import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.ForeignLine;
import dev.sluice.protocol.json.Line;
import dev.sluice.protocol.json.LongRecordLine;
import dev.sluice.protocol.json.MessageLine;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.RecordLine;
import dev.sluice.runner.RunLog;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.launch.Launcher;
import dev.sluice.runner.state.SyncState;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// A source read by this program, record by record: a sync whose destination is the caller. So everything that
/// holds for a sync holds here: what is recognised, what is lost, what is a failure and which of several is its cause.
///
/// The source runs ahead of the caller by what fits into two pipes, then it waits. One thread at a time may ask for
/// records; any thread may close it.
public final class Reading implements AutoCloseable {
    /// By so much a line may have grown on its way: the mark and the count of a state.
    private static final int GROWN = 4096;

    private final Sync sync;
    private final ProgramDestination program;
    private final MessageReader reader;
    private final Thread thread = Thread.ofPlatform().daemon().name("read").unstarted(this::run);
    private final CompletableFuture<SyncReport> report = new CompletableFuture<>();
    private volatile boolean closed;
    private volatile SyncState state;

    private Reading(Sync sync, ProgramDestination program, SyncState from, int lineBytes) {
        this.sync = sync;
        this.program = program;
        this.state = from;
        this.reader =
                new MessageReader(program.records(), (int) Math.min((long) lineBytes + GROWN, Integer.MAX_VALUE - 64));
    }

    /// Starts the source of a connection; its destination is not asked.
    ///
    /// @param plan what to read, and the state to start from
    public static Reading start(Connection connection, SyncPlan plan, Launcher launcher, SecretMask mask, RunLog log) {
        ProgramDestination program = new ProgramDestination();
        Connection toProgram = connection.readBy(program);
        Sync sync = new Sync(toProgram, plan, launcher, new NoStore(plan.from()), 0, List.of(), mask, log);
        Reading reading =
                new Reading(sync, program, plan.from(), connection.limits().lineBytes());
        reading.thread.start();
        return reading;
    }

    private void run() {
        try {
            SyncReport end = sync.run();
            program.done(); // No stream was selected, so nobody was started; else it has ended before.
            report.complete(end);
        } catch (Throwable e) {
            report.completeExceptionally(e);
        } finally {
            program.close();
        }
    }

    /// The next record, or null at the end. It is valid until the next call.
    ///
    /// @throws RunnerException where the source failed, behind the last record it sent: the cause; what followed
    ///     from it as suppressed ones; also when it was closed
    /// @throws InterruptedException when the caller's thread was; nothing of the source is left then
    public RecordLine next() throws InterruptedException {
        try {
            for (Line line = reader.read(); line != null; line = reader.read()) {
                switch (line) {
                    case RecordLine next -> {
                        return next;
                    }
                    case MessageLine(AirbyteStateMessage message, var json) -> {
                        state = state.with(message, json);
                        program.vouchFor(json);
                    }
                    case LongRecordLine _ -> throw new AssertionError("this reader does not spool");
                    case MessageLine _, ForeignLine _ -> {
                        // That a stream is complete; nothing else is sent to a destination.
                    }
                }
            }
        } catch (InterruptedIOException e) {
            close();
            Thread.interrupted();
            throw new InterruptedException("interrupted while it waited for a record");
        } catch (IOException e) {
            // Stopped by another thread: the report says why, else it is said below.
        }
        program.done();
        List<RunnerException> failures = failures();
        if (!closed && !failures.isEmpty()) {
            throw RunnerException.of(failures);
        }
        if (closed || !program.awaitExit().isSuccess()) {
            throw new RunnerException(
                    FailureType.TRANSIENT_ERROR, "runner.stopped", "the read was stopped before its end", "", "");
        }
        return null;
    }

    private List<RunnerException> failures() throws InterruptedException {
        thread.join();
        try {
            return report.join().failures();
        } catch (CompletionException e) {
            throw new RunnerException(
                    FailureType.SYSTEM_ERROR,
                    "runner.bug",
                    "this is a bug in Sluice: " + e.getCause(),
                    "",
                    "report it with this line",
                    e.getCause());
        }
    }

    /// Where the source would continue behind the records returned so far. Everything it covers was returned; what
    /// was returned since the source's last state is not covered and comes again.
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
        boolean interrupted = Thread.interrupted();
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
