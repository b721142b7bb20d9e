package dev.sluice.runner.sync;

import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunLog;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.launch.Launcher;
import dev.sluice.runner.operation.Operations;
import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One sync of one connection: attempts, until one succeeds or another would not help.
///
/// Each attempt starts from what the one before has stored. See [Retries] for how many there are. Another one begins
/// by asking both connectors whether their configuration works; if not, it has failed without moving anything.
public final class SyncJob {
    /// Hears of the attempts, on the thread that runs the job.
    public interface Listener {
        /// The connectors of an attempt are about to be started; [SyncJob#progress] says how far it is from now on.
        ///
        /// @param attempt from 1
        default void begins(int attempt) {}

        /// An attempt has failed and is followed by another.
        ///
        /// @param wait how long until then; may be zero
        default void failed(int attempt, RunnerException cause, Duration wait) {}
    }

    private final Connection connection;
    private final ConnectionState store;
    private final Operations operations;
    private final Launcher launcher;
    private final SecretMask mask;
    private final RunLog log;
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final long startedAt = System.nanoTime();
    private Optional<AirbyteCatalog> catalog = Optional.empty();
    private Set<String> refresh = Set.of();
    private volatile List<StreamProgress> progress = List.of();

    /// While connectors are asked, and while they run; guarded by this.
    private boolean asking;

    private Optional<Sync> running = Optional.empty();

    /// @param store the place of the connection, held by the caller for as long as the job runs
    /// @param launcher starts the connectors of an attempt
    /// @param log one that shows no secret; receives what connectors say, and how each attempt ended
    public SyncJob(
            Connection connection,
            ConnectionState store,
            Operations operations,
            Launcher launcher,
            SecretMask mask,
            RunLog log) {
        this.connection = connection;
        this.store = store;
        this.operations = operations;
        this.launcher = launcher;
        this.mask = mask;
        this.log = log;
    }

    /// How far the attempt is; may be asked at any time, from any thread.
    public List<StreamProgress> progress() {
        return progress;
    }

    /// Ends the job, from another thread: an attempt in good order, a wait at once.
    ///
    /// @return false while a connector is asked a question: the job ends with its answer then, so whoever has
    ///     launched the connector may stop it
    public boolean cancel() {
        cancelled.countDown();
        Optional<Sync> attempt;
        synchronized (this) {
            if (asking) {
                return false;
            }
            attempt = running;
        }
        attempt.ifPresent(Sync::cancel);
        return true;
    }

    /// Returns when an attempt has succeeded or no other is made, which the report says.
    ///
    /// @throws RunnerException only when the store cannot be used at the very beginning
    public SyncReport run(Listener listener) throws InterruptedException {
        return run(Set.of(), listener);
    }

    /// The same, with a truncating refresh of some streams: they are read from the start, and their older rows go when
    /// they are whole. What is cut short is finished as a refresh by later attempts, also of a later sync.
    ///
    /// @param streams by their names, `name` or `namespace.name`
    public SyncReport run(Set<String> streams, Listener listener) throws InterruptedException {
        refresh = streams;
        long sync = store.begin(log::begins);
        say("sync %d of the connection '%s' began".formatted(sync, connection.name()));
        Retries retries = new Retries(connection.limits());
        long checkpoints = 0;
        for (int attempt = 1; ; attempt++) {
            SyncReport report = attempt(sync, attempt, listener);
            checkpoints += report.checkpoints();
            report.warnings().forEach(warning -> log.line(Level.WARN, "sluice", warning));
            report.failures().forEach(failure -> log.line(Level.ERROR, "sluice", failure.getMessage()));
            Optional<Duration> wait = report.isSuccess()
                    ? Optional.empty()
                    : retries.after(report.failures().getFirst(), report.hasCommitted());
            if (wait.isPresent()) {
                listener.failed(attempt, report.failures().getFirst(), wait.get());
                if (!cancelled.await(wait.get().toNanos(), TimeUnit.NANOSECONDS)) {
                    continue;
                }
                report = report.endedBy(Failures.stopped());
            }
            Duration took = Duration.ofNanos(System.nanoTime() - startedAt);
            return end(report.asLastOf(attempt, progress, checkpoints, took));
        }
    }

    private SyncReport attempt(long sync, int number, Listener listener) throws InterruptedException {
        try {
            Sync attempt = prepare(sync, number);
            begin(attempt);
            say("attempt %d began".formatted(number));
            listener.begins(number);
            SyncReport report = attempt.run();
            if (attempt.hasStarted()) {
                refresh = Set.of(); // From now on the store knows. Once per sync.
            }
            return report;
        } catch (RunnerException e) {
            // What a connector answers when it is stopped is no reason.
            return SyncReport.notStarted(sync, isCancelled() ? Failures.stopped() : mask.over(e));
        } finally {
            synchronized (this) {
                running = Optional.empty();
            }
        }
    }

    /// Asks both connectors what has to be known before an attempt.
    private Sync prepare(long sync, int number) throws InterruptedException {
        synchronized (this) {
            requireNotCancelled();
            asking = true;
        }
        try {
            if (number > 1) {
                check(connection.source());
                check(connection.destination());
            }
            if (catalog.isEmpty()) {
                catalog = Optional.of(operations.discover(
                        connection.source(), connection.limits().operationTimeout()));
            }
            ConnectorSpecification destination = operations.spec(
                    connection.destination().launch(), connection.limits().operationTimeout());
            SyncPlan plan = SyncPlan.make(
                    connection,
                    catalog.get(),
                    destination,
                    store.state(),
                    store.generations(),
                    refresh,
                    System.currentTimeMillis() / 1000);
            return new Sync(connection, plan, launcher, store, sync, progress, mask, log);
        } finally {
            synchronized (this) {
                asking = false;
            }
        }
    }

    private void check(Connection.Connector connector) throws InterruptedException {
        Optional<Operations.Refusal> wrong =
                operations.check(connector, connection.limits().operationTimeout());
        if (wrong.isPresent()) {
            // A system that is away refuses as one whose password has changed does. Only the connector can tell.
            boolean persons = wrong.get().type().equals(Optional.of(FailureType.CONFIG_ERROR));
            throw new RunnerException(
                    persons ? FailureType.CONFIG_ERROR : FailureType.TRANSIENT_ERROR,
                    "connector.check_failed",
                    "the configuration of %s does not work any more: %s"
                            .formatted(connector, wrong.get().words()),
                    "",
                    "mend it, then run the sync again to continue; `sluice check` tries both sides");
        }
    }

    private synchronized void begin(Sync attempt) {
        requireNotCancelled();
        running = Optional.of(attempt);
        progress = attempt.progress();
    }

    private void requireNotCancelled() {
        if (isCancelled()) {
            throw Failures.stopped();
        }
    }

    private boolean isCancelled() {
        return cancelled.getCount() == 0;
    }

    private SyncReport end(SyncReport report) {
        say("sync %d ended: %s, attempts: %d, records: %d, stored: %d, checkpoints: %d"
                .formatted(
                        report.sync(),
                        report.outcome().name().toLowerCase(Locale.ROOT),
                        report.attempts(),
                        report.records(),
                        report.committed(),
                        report.checkpoints()));
        Optional<RunnerException> cause = report.failures().stream().findFirst();
        try {
            store.end(
                    report.sync(),
                    new Run.End(
                            Instant.now(),
                            report.outcome(),
                            report.attempts(),
                            report.records(),
                            report.bytes(),
                            report.committed(),
                            report.checkpoints(),
                            cause.map(RunnerException::code).orElse(""),
                            cause.map(RunnerException::getMessage).orElse("")));
            return report;
        } catch (RunnerException e) {
            // Only the history lacks an entry; what the sync has done is done.
            return report.isSuccess()
                    ? report.withWarning("the end of this sync could not be noted: " + e.getMessage())
                    : report;
        }
    }

    private void say(String text) {
        log.line(Level.INFO, "sluice", text);
    }
}
