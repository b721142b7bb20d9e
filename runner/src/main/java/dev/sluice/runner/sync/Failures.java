package dev.sluice.runner.sync;

import dev.sluice.protocol.AirbyteErrorTraceMessage;
import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.runner.RunLog;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.connection.Connection.Limits;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.StoppableLauncher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Collects what goes wrong on both sides of a sync, and tells the cause from what follows from it: when the
/// source dies, the destination complains about a stream that is not complete; when the destination dies, the
/// source complains about a closed pipe. Whoever failed first is the cause.
final class Failures {
    /// The code of a sync that the user has stopped.
    static final String CANCELLED = "sync.cancelled";

    private static final int KEPT = 10;
    private static final int MAX_LENGTH = 50_000;

    private enum Side {
        SOURCE,
        DESTINATION,
        RUNNER,
        USER
    }

    /// How near a failure is to the cause, of those of one side.
    private enum Rank {
        /// What stopped a connector.
        CAUSE,
        /// A connector's own words.
        WORDS,
        /// How it ended.
        ENDING,
        /// Something that only follows; worth telling when nothing else is known.
        CONSEQUENCE
    }

    private record Failure(Side side, Rank rank, RunnerException error) {}

    private final String source;
    private final String destination;
    private final SecretMask mask;
    private final RunLog log;
    private final List<Failure> found = new ArrayList<>();
    private Side first;

    /// @param log receives what a person does not want on a screen: stack traces
    Failures(String source, String destination, SecretMask mask, RunLog log) {
        this.source = source;
        this.destination = destination;
        this.mask = mask;
        this.log = log;
    }

    static RunnerException stopped() {
        return new RunnerException(
                FailureType.TRANSIENT_ERROR, CANCELLED, "the sync was stopped", "", "run it again to continue");
    }

    /// The user has stopped the sync; what ends now ends because of that.
    synchronized void cancelled() {
        add(Side.USER, Rank.CAUSE, stopped());
    }

    /// Something the source did that cannot pass.
    synchronized void source(FailureType type, String code, String predicate, String next) {
        add(Side.SOURCE, Rank.CAUSE, type, code, source + " " + predicate, next);
    }

    synchronized void sourceTrace(AirbyteErrorTraceMessage trace) {
        trace(Side.SOURCE, source, trace);
    }

    synchronized void sourceEnded(ExitStatus exit, List<String> lastLines) {
        ended(Side.SOURCE, source, "read", exit, lastLines);
    }

    synchronized void destinationTrace(AirbyteErrorTraceMessage trace) {
        trace(Side.DESTINATION, destination, trace);
    }

    synchronized void destinationEnded(ExitStatus exit, List<String> lastLines) {
        ended(Side.DESTINATION, destination, "write", exit, lastLines);
    }

    /// It has used up its limit. Both who waits for its end and who watches its work may find that.
    synchronized void destinationTimeout(Duration limit) {
        RunnerException error = error(
                FailureType.TRANSIENT_ERROR,
                "destination.timeout",
                "%s did nothing for %s and was stopped".formatted(destination, Limits.words(limit)),
                "raise `destination_timeout` under `limits:` if it needs longer");
        if (found.stream().noneMatch(known -> known.error().code().equals(error.code()))) {
            add(Side.DESTINATION, Rank.CAUSE, error);
        }
    }

    /// A write to it failed. If it ended by itself, it has its own words for why, so this ranks last.
    synchronized void destinationStoppedReading() {
        add(
                Side.DESTINATION,
                Rank.CONSEQUENCE,
                FailureType.SYSTEM_ERROR,
                "destination.stopped_reading",
                "%s stopped reading before the source had ended".formatted(destination),
                "tell its developers; what it had returned is stored");
    }

    synchronized void destinationEndedEarly() {
        add(
                Side.DESTINATION,
                Rank.CONSEQUENCE,
                FailureType.SYSTEM_ERROR,
                "destination.ended_early",
                "%s ended before the source had".formatted(destination),
                "tell its developers; what it had returned is stored");
    }

    synchronized void runner(RunnerException e) {
        if (first == Side.USER && e.code().equals(StoppableLauncher.STOPPED)) {
            return; // What was being started when the user stopped the sync.
        }
        if (found.stream()
                .anyMatch(f -> f.side() == Side.RUNNER && f.error().code().equals(e.code()))) {
            return; // A store that is away is away for the last state too.
        }
        add(Side.RUNNER, Rank.CAUSE, e.reworded(text -> mask.apply(text, MAX_LENGTH)));
    }

    synchronized void bug(Throwable e) {
        add(
                Side.RUNNER,
                Rank.CAUSE,
                FailureType.SYSTEM_ERROR,
                "runner.bug",
                "this is a bug in Sluice: " + e,
                "report it with this line and the log");
    }

    private void trace(Side side, String name, AirbyteErrorTraceMessage trace) {
        String stream = trace.streamDescriptor()
                .map(StreamDescriptor::toString)
                .map(s -> " (stream " + s + ")")
                .orElse("");
        for (Optional<String> detail : List.of(trace.internalMessage(), trace.stackTrace())) {
            detail.ifPresent(text -> log.line(Level.ERROR, name, mask.apply(text, RunLog.MAX_TEXT)));
        }
        if (found.stream()
                        .filter(f -> f.side() == side && f.rank() == Rank.WORDS)
                        .count()
                >= KEPT) {
            return; // Later words of a side are never shown before earlier ones.
        }
        // A trace alone does not fail a sync: what the connector does afterwards decides. So it is no `first`.
        found.add(new Failure(
                side,
                Rank.WORDS,
                error(trace.failureType(), "connector.failed", "%s: %s%s".formatted(name, trace.words(), stream), "")));
    }

    private void ended(Side side, String name, String verb, ExitStatus exit, List<String> lastLines) {
        if (exit instanceof ExitStatus.Stopped) {
            return; // By us, and why is known.
        }
        boolean hasWords =
                found.stream().anyMatch(f -> f.side() == side && f.rank().compareTo(Rank.WORDS) <= 0);
        String last = lastLines.isEmpty() || hasWords || exit instanceof ExitStatus.OutOfMemory
                ? ""
                : "; it last said: " + lastLines.getLast().strip();
        // How it ended explains more than its words when it had no chance to speak.
        Rank rank = exit instanceof ExitStatus.Exited ? Rank.ENDING : Rank.CAUSE;
        add(
                side,
                rank,
                exit.type(),
                exit.errorCode(),
                "%s %s during %s%s".formatted(name, exit.describe(), verb, last),
                exit.next());
    }

    private void add(Side side, Rank rank, FailureType type, String code, String what, String next) {
        add(side, rank, error(type, code, what, next));
    }

    private void add(Side side, Rank rank, RunnerException error) {
        if (first == null) {
            first = side;
        }
        found.add(new Failure(side, rank, error));
    }

    private RunnerException error(FailureType type, String code, String what, String next) {
        return new RunnerException(type, code, mask.apply(what, MAX_LENGTH), "", next);
    }

    /// Whether the sync has failed; a trace of a connector that then ended well has not.
    synchronized boolean any() {
        return first != null;
    }

    /// The cause first, then the rest of the side that failed first, then what followed from it.
    synchronized List<RunnerException> ranked() {
        if (first == null) {
            return List.of();
        }
        boolean explained = found.stream().anyMatch(f -> f.side() == first && f.rank() != Rank.CONSEQUENCE);
        // Stable: of one side and rank, the first that happened stays first.
        Comparator<Failure> order =
                Comparator.<Failure, Boolean>comparing(f -> f.side() != first).thenComparing(Failure::rank);
        return found.stream()
                .filter(f -> f.rank() != Rank.CONSEQUENCE || f.side() == first && !explained)
                // That the input ended too early is all a connector can say after Ctrl-C.
                .filter(f -> first != Side.USER || f.side() == Side.USER || f.side() == Side.RUNNER)
                .sorted(order)
                .limit(KEPT)
                .map(Failure::error)
                .toList();
    }

    /// What is else a warning fails the sync: the errors of connectors that ended well, and these.
    ///
    /// @param miscounts counts that do not fit
    synchronized void strict(List<String> miscounts) {
        if (first == null && !found.isEmpty()) {
            first = found.getFirst().side();
        }
        for (String miscount : miscounts) {
            add(
                    Side.RUNNER,
                    Rank.CAUSE,
                    FailureType.SYSTEM_ERROR,
                    "sync.miscounted",
                    miscount,
                    "tell the connector's developers; without `strict: true` under `limits:` this is a warning");
        }
    }

    /// Traces of connectors that ended well all the same.
    synchronized List<String> warnings() {
        return first != null
                ? List.of()
                : found.stream().map(f -> f.error().getMessage()).toList();
    }
}
