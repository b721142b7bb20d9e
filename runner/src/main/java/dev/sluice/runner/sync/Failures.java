package dev.sluice.runner.sync;

import dev.sluice.protocol.AirbyteErrorTraceMessage;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.launch.ExitStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Collects what goes wrong on both sides of a sync, and tells the cause from what follows from it: when the
/// source dies, the destination complains about a stream that is not complete; when the destination dies, the
/// source complains about a closed pipe. Whoever failed first is the cause.
final class Failures {
    private static final int KEPT = 10;
    private static final int MAX_LENGTH = 50_000;

    private enum Side {
        SOURCE,
        DESTINATION,
        RUNNER
    }

    /// @param rank smaller is nearer to the cause: what stopped a connector, its own words, then how it ended
    private record Failure(Side side, int rank, FailureType type, String code, String what, String next) {}

    private final String source;
    private final String destination;
    private final SecretMask mask;
    private final List<Failure> found = new ArrayList<>();
    private Side first;
    private boolean cancelled;

    Failures(String source, String destination, SecretMask mask) {
        this.source = source;
        this.destination = destination;
        this.mask = mask;
    }

    synchronized boolean none() {
        return first == null && found.isEmpty() && !cancelled;
    }

    /// The user has stopped the sync; what ends now ends because of that.
    synchronized void cancelled() {
        cancelled = true;
    }

    /// Something the source did that cannot pass.
    synchronized void source(FailureType type, String predicate) {
        add(Side.SOURCE, 0, type, "source.failed", source + " " + predicate, "");
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

    synchronized void destinationTimeout(String predicate) {
        add(
                Side.DESTINATION,
                0,
                FailureType.TRANSIENT_ERROR,
                "destination.timeout",
                destination + " " + predicate,
                "raise `destination_timeout` under `limits:` if it needs longer");
    }

    /// A write to it failed. If it ended by itself, it has its own words for why, so this ranks last.
    synchronized void destinationStoppedReading(IOException e) {
        add(
                Side.DESTINATION,
                3,
                FailureType.SYSTEM_ERROR,
                "destination.stopped_reading",
                "%s stopped reading before the source had ended".formatted(destination),
                "");
    }

    synchronized void destinationEndedEarly() {
        add(
                Side.DESTINATION,
                3,
                FailureType.SYSTEM_ERROR,
                "destination.ended_early",
                "%s ended before the source had".formatted(destination),
                "");
    }

    synchronized void runner(RunnerException e) {
        add(Side.RUNNER, 0, e.type(), e.code(), e.getMessage(), e.next().orElse(""));
    }

    synchronized void bug(Throwable e) {
        add(
                Side.RUNNER,
                0,
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
        // A trace alone does not fail a sync: what the connector does afterwards decides. So it is no `first`.
        found.add(new Failure(
                side,
                1,
                trace.failureType(),
                "connector.failed",
                "%s: %s%s".formatted(name, mask.apply(trace.message()), stream),
                ""));
    }

    private void ended(Side side, String name, String verb, ExitStatus exit, List<String> lastLines) {
        if (cancelled && (exit instanceof ExitStatus.Stopped || exit instanceof ExitStatus.Killed)) {
            return;
        }
        boolean hasWords = found.stream().anyMatch(f -> f.side() == side && f.rank() <= 1);
        String last = lastLines.isEmpty() || hasWords || exit instanceof ExitStatus.OutOfMemory
                ? ""
                : "; it last said: " + mask.apply(lastLines.getLast().strip());
        String next = exit instanceof ExitStatus.OutOfMemory
                ? "raise `memory:` of this connector in the connection file"
                : "";
        FailureType type = exit instanceof ExitStatus.Exited(int code) && code == 2
                ? FailureType.CONFIG_ERROR
                : FailureType.SYSTEM_ERROR;
        // How it ended explains more than its words when it had no chance to speak.
        int rank = exit instanceof ExitStatus.OutOfMemory || exit instanceof ExitStatus.Killed ? 0 : 2;
        add(
                side,
                rank,
                type,
                exit instanceof ExitStatus.OutOfMemory ? "connector.out_of_memory" : "connector.exited",
                "%s %s during %s%s".formatted(name, exit.describe(), verb, last),
                next);
    }

    private void add(Side side, int rank, FailureType type, String code, String what, String next) {
        if (first == null) {
            first = side;
        }
        found.add(new Failure(side, rank, type, code, mask.apply(what), next));
    }

    /// Whether the sync has failed; a trace of a connector that then ended well has not.
    synchronized boolean any() {
        return first != null;
    }

    /// The cause first, then the rest of the side that failed first, then what followed from it.
    synchronized List<RunnerException> ranked() {
        if (cancelled && first == null) {
            return List.of(new RunnerException(
                    FailureType.TRANSIENT_ERROR,
                    "sync.cancelled",
                    "the sync was stopped",
                    "",
                    "run it again to continue"));
        }
        if (first == null) {
            return List.of();
        }
        List<Failure> ranked = new ArrayList<>(found);
        // Stable: of one side and rank, the first that happened stays first.
        ranked.sort((a, b) -> a.side() != b.side()
                ? Boolean.compare(a.side() != first, b.side() != first)
                : Integer.compare(a.rank(), b.rank()));
        return ranked.stream()
                .limit(KEPT)
                .map(f -> new RunnerException(f.type(), f.code(), cut(f.what()), "", f.next()))
                .toList();
    }

    /// Traces of connectors that ended well all the same.
    synchronized List<String> warnings() {
        return first != null
                ? List.of()
                : found.stream().map(f -> cut(f.what())).toList();
    }

    private static String cut(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
    }
}
