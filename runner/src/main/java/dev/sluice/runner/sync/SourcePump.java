package dev.sluice.runner.sync;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteControlMessage;
import dev.sluice.protocol.AirbyteLogMessage;
import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.protocol.AirbyteMessage;
import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.AirbyteStreamState;
import dev.sluice.protocol.AirbyteStreamStatus;
import dev.sluice.protocol.AirbyteStreamStatusTraceMessage;
import dev.sluice.protocol.AirbyteTraceMessage;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.ForeignLine;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.Line;
import dev.sluice.protocol.json.LongRecordLine;
import dev.sluice.protocol.json.MessageLine;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.Messages;
import dev.sluice.protocol.json.RecordLine;
import dev.sluice.runner.RunLog;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.connection.ConfigUpdates;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.RunningConnector;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Carries what the source prints to the destination: records as the bytes they came as, states with a mark,
/// nothing else. Runs on a thread of its own and returns when the destination's input is closed.
final class SourcePump implements Runnable {
    /// For what is not passed on from where it was read: states, and records that are changed.
    private static final int BUFFER = 32 << 10;

    private static final Duration GRACE = Duration.ofSeconds(2);

    /// After so many reads, of 64 kB where the source is fast, larger pipes pay for themselves.
    private static final int MANY_READS = 500;

    private final RunningConnector source;
    private final OutputStream input;
    private final MessageReader reader;
    private final Map<StreamDescriptor, StreamProgress> streams;
    private final Checkpointer checkpointer;
    private final Failures failures;
    private final Oddities oddities;
    private final Liveness liveness;
    private final ConfigUpdates updates;
    private final RunLog log;
    private final Runnable manyReads;
    private int reads;
    private boolean sawStatus;

    /// What the source still says is read for renewed tokens only.
    private boolean ended;

    /// One state for all streams, in this sync or stored; a stream's own state would not fit beside it.
    private boolean sawSharedState;

    /// The stream of the last record: records come in runs, and a run needs no look-up.
    private StreamProgress current;

    private StreamDescriptor currentName;

    /// Whole lines that go on as they are: those that follow one another where the reader put them are written
    /// together, before it reads more into their place.
    private byte[] run;

    private int runStart;
    private int runEnd;

    /// @param manyReads run once, when this will not be over in a moment; must not wait for anything
    SourcePump(
            RunningConnector source,
            OutputStream destinationInput,
            int maxLine,
            Map<StreamDescriptor, StreamProgress> streams,
            boolean storedStateIsShared,
            Checkpointer checkpointer,
            Failures failures,
            Oddities oddities,
            Liveness liveness,
            ConfigUpdates updates,
            RunLog log,
            Runnable manyReads) {
        this.source = source;
        this.input = new BufferedOutputStream(liveness.timed(destinationInput), BUFFER);
        this.reader = new MessageReader(source.output(), maxLine, this::beforeRefill);
        this.streams = streams;
        this.sawSharedState = storedStateIsShared;
        this.checkpointer = checkpointer;
        this.failures = failures;
        this.oddities = oddities;
        this.liveness = liveness;
        this.updates = updates;
        this.log = log;
        this.manyReads = manyReads;
    }

    @Override
    public void run() {
        // Closing the input even when the source fails lets the destination commit what it already has.
        try (OutputStream closing = input) {
            try {
                forwardAll();
                Optional<ExitStatus> exit = source.awaitExit(RunningConnector.ENDING);
                if (exit.isEmpty()) {
                    failures.source(
                            FailureType.SYSTEM_ERROR,
                            "source.did_not_end",
                            "closed its output but did not end, and was stopped",
                            "run it again; if it always does, tell the connector's developers");
                    source.stop(GRACE);
                } else if (!exit.get().isSuccess()) {
                    failures.sourceEnded(exit.get(), source.lastErrorLines());
                } else if (!failures.any()) {
                    finish();
                }
            } catch (LostRecordException e) {
                // A source that was killed in the middle of a line has lost it because of that.
                endedBy(e);
                source.stop(GRACE);
            } catch (RunnerException e) {
                failures.runner(e);
                source.stop(GRACE);
            } catch (RuntimeException | Error e) {
                failures.bug(e);
                source.stop(GRACE);
            } finally {
                // All that is said above is said before the input closes: the destination's complaint about that is no
                // cause.
                liveness.sourceEnded();
            }
        } catch (IOException e) {
            // The destination takes no more: why is for the thread that reads it to find out. The source must
            // not go on for nobody.
            failures.destinationStoppedReading();
            source.stop(GRACE);
        } catch (InterruptedException e) {
            source.stop(GRACE);
        }
        ended = true;
        try {
            updates.acceptRest(reader, log);
        } catch (RunnerException e) {
            failures.runner(e);
        }
    }

    /// Invariant 3: behind a record that is lost, no state may be stored, or the next sync would pass over it.
    private static final class LostRecordException extends Exception {
        LostRecordException(String predicate) {
            super(predicate);
        }
    }

    private void endedBy(LostRecordException lost) {
        try {
            // At the end of its output it has ended, or is about to.
            source.awaitExit(reader.atEnd() ? RunningConnector.ENDING : GRACE)
                    .filter(exit -> !exit.isSuccess())
                    .ifPresent(exit -> failures.sourceEnded(exit, source.lastErrorLines()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        failures.source(
                FailureType.SYSTEM_ERROR,
                "source.lost_records",
                lost.getMessage(),
                "run it again: it is read again; raise `line_size` under `limits:` if the line was too long");
    }

    private void forwardAll() throws IOException, LostRecordException {
        try {
            for (Line line = read(); line != null; line = read()) {
                switch (line) {
                    case RecordLine record -> forward(record);
                    case LongRecordLine record -> forward(record);
                    case MessageLine message -> message(message);
                    case ForeignLine foreign -> foreign(foreign);
                }
            }
        } finally {
            drain(); // Also what came before a failure.
        }
    }

    private Line read() throws IOException {
        try {
            return reader.read();
        } catch (UncheckedIOException e) {
            throw e.getCause(); // The destination's, see beforeRefill.
        } catch (IOException e) {
            throw new RunnerException(
                    FailureType.SYSTEM_ERROR,
                    "connector.unreadable",
                    "the output of %s cannot be read any more: %s".formatted(source.name(), e.getMessage()),
                    "read",
                    "");
        }
    }

    private void beforeRefill(boolean waiting) {
        if (ended) {
            return; // Nothing is forwarded any more.
        }
        if (++reads == MANY_READS) {
            manyReads.run();
        }
        try {
            drain();
            if (waiting) {
                input.flush(); // The source pauses: what is here should not wait for it.
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void drain() throws IOException {
        if (runEnd > runStart) {
            int from = runStart;
            runStart = runEnd;
            input.write(run, from, runEnd - from);
        }
    }

    private void forward(RecordLine record) throws IOException, LostRecordException {
        StreamProgress stream = stream(record.stream());
        liveness.beat();
        oddities.look(record);
        RecordCheck.Verdict verdict = stream.check.of(record);
        if (verdict == RecordCheck.Verdict.KEYLESS) {
            throw keyless(stream);
        }
        if (verdict == RecordCheck.Verdict.WHOLE && record.hasEmittedAt() && record.bytes()[record.end()] == '\n') {
            if (run != record.bytes() || runEnd != record.start()) {
                drain();
                run = record.bytes();
                runStart = record.start();
            }
            runEnd = record.end() + 1;
            stream.sent(record.length());
        } else {
            drain();
            stream.sent(write(record, stream, verdict));
        }
        if (record.trailing() > 0) {
            throw new LostRecordException(
                    "printed something behind a record on the same line, which may be another one");
        }
    }

    /// Returns the length of what was written, the line feed not counted.
    private int write(RecordLine record, StreamProgress stream, RecordCheck.Verdict verdict) throws IOException {
        byte[] bytes = record.bytes();
        input.write(bytes, record.start(), record.dataStart() - record.start());
        int data = record.dataEnd() - record.dataStart();
        int written = data;
        if (verdict == RecordCheck.Verdict.REDUCED) {
            written = stream.check.columns().orElseThrow().write(record, input);
        } else {
            input.write(bytes, record.dataStart(), data);
        }
        input.write(bytes, record.dataEnd(), record.recordEnd() - record.dataEnd());
        int added = record.hasEmittedAt() ? 0 : writeTime();
        input.write(bytes, record.recordEnd(), record.end() - record.recordEnd());
        input.write('\n');
        return record.length() - data + written + added;
    }

    private void forward(LongRecordLine record) throws IOException {
        StreamProgress stream = stream(record.stream());
        liveness.beat();
        drain();
        RecordCheck.Verdict verdict = stream.check.of(record);
        if (verdict == RecordCheck.Verdict.KEYLESS) {
            throw keyless(stream);
        }
        record.copyTo(input, 0, record.dataStart());
        long data = record.dataEnd() - record.dataStart();
        long written = data;
        if (verdict == RecordCheck.Verdict.REDUCED) {
            written = stream.check.columns().orElseThrow().write(record, input);
        } else {
            record.copyTo(input, record.dataStart(), record.dataEnd());
        }
        record.copyTo(input, record.dataEnd(), record.recordEnd());
        int added = record.hasEmittedAt() ? 0 : writeTime();
        record.copyTo(input, record.recordEnd(), record.length());
        input.write('\n');
        stream.sent(record.length() - data + written + added);
    }

    /// A destination may need the time, and a source may leave it out: then it is when the record came.
    private int writeTime() throws IOException {
        byte[] property = (",\"emitted_at\":" + System.currentTimeMillis()).getBytes(UTF_8);
        input.write(property);
        return property.length;
    }

    private StreamProgress stream(StreamDescriptor name) {
        if (name == currentName) {
            return current;
        }
        StreamProgress stream = streams.get(name);
        if (stream == null) {
            throw new RunnerException(
                    FailureType.SYSTEM_ERROR,
                    "protocol.unknown_stream",
                    "%s sent a record of the stream '%s', which it was not asked for".formatted(source.name(), name),
                    "",
                    "add the stream to the connection, or tell the connector's developers");
        }
        currentName = name;
        current = stream;
        return stream;
    }

    private RunnerException keyless(StreamProgress stream) {
        return new RunnerException(
                FailureType.SYSTEM_ERROR,
                "protocol.no_key",
                "%s sent a record of the stream '%s' without any column of its key (%s)"
                        .formatted(
                                source.name(),
                                stream.stream(),
                                String.join(
                                        ", ",
                                        stream.plan.key().stream()
                                                .map(path -> String.join(".", path))
                                                .toList())),
                "",
                "choose another `key:`, or a `destination_mode:` that needs none"
                        + (stream.plan.continued()
                                ? ", or start the stream over: `sluice sync FILE --refresh " + stream.stream() + "`"
                                : ""));
    }

    private void message(MessageLine line) throws IOException {
        switch (line.message()) {
            case AirbyteStateMessage state -> {
                liveness.beat();
                forward(state, line.json());
            }
            case AirbyteTraceMessage trace -> trace(trace);
            case AirbyteLogMessage said -> log.said(source.name(), said);
            case AirbyteControlMessage asked -> updates.accept(asked, log);
            default -> {
                // A spec or a catalog in the middle of a read is nothing to anybody.
            }
        }
    }

    private void forward(AirbyteStateMessage state, ObjectNode json) throws IOException {
        if (checkpointer.scopeOf(state).isEmpty()) {
            log.line(Level.WARN, source.name(), "sent a state of a stream it was not asked for; it was dropped");
            return;
        }
        sawSharedState |= !(state instanceof AirbyteStateMessage.Stream);
        checkpointer.sent(state, json);
        write(json);
    }

    private void write(ObjectNode message) throws IOException {
        drain();
        Json.mapper().writeValue(new Unclosed(input), message);
        input.write('\n');
    }

    private void trace(AirbyteTraceMessage trace) {
        switch (trace) {
            case AirbyteTraceMessage.Error error -> {
                log.said(source.name(), error.error());
                failures.sourceTrace(error.error());
            }
            case AirbyteTraceMessage.Estimate estimate -> {
                StreamProgress stream = streams.get(new StreamDescriptor(
                        estimate.estimate().name(), estimate.estimate().namespace()));
                if (stream != null) {
                    stream.estimate = estimate.estimate().rowEstimate();
                }
            }
            case AirbyteTraceMessage.StreamStatus status -> {
                sawStatus = true;
                StreamProgress stream = streams.get(status.streamStatus().streamDescriptor());
                if (stream != null) {
                    stream.status(status.streamStatus());
                }
                status.streamStatus().reasons().stream()
                        .flatMap(reason -> reason.rateLimited().stream())
                        .flatMap(limited -> limited.quotaReset().stream())
                        .forEach(liveness::beatsAgainAt);
            }
            case AirbyteTraceMessage.Analytics analytics ->
                log.line(Level.DEBUG, source.name(), analytics.analytics().toString());
        }
    }

    /// Invariant 5: what is no message is reported, not guessed at.
    private void foreign(ForeignLine line) throws LostRecordException {
        switch (line.loss()) {
            case RECORD ->
                // Customer data: its text stays out of the message and the log.
                throw new LostRecordException(
                        "printed a record of %,d bytes that %s; it is lost, and nothing behind it was stored"
                                .formatted(line.length(), line.reason()));
            case EMPTY_RECORD -> oddities.emptyRecord();
            case STATE -> {
                oddities.brokenState();
                log.line(Level.WARN, source.name(), "printed a state that " + line.reason());
            }
            case NOTHING -> {
                String said = line.text().isEmpty() ? "printed a line that " + line.reason() : line.text();
                log.line(Level.INFO, source.name(), said);
            }
        }
    }

    /// The source has ended well: what has no state gets one, and the destination learns which streams are whole.
    private void finish() throws IOException {
        for (StreamProgress stream : streams.values()) {
            boolean whole = stream.plan.mode() == SyncMode.FULL_REFRESH
                    && !stream.plan.stream().isResumable().orElse(false);
            if (whole && !stream.hasSentState() && !sawSharedState) {
                AirbyteStateMessage none = new AirbyteStateMessage.Stream(
                        new AirbyteStreamState(
                                stream.stream(), Optional.of(Json.mapper().createObjectNode())),
                        Optional.empty(),
                        Optional.empty());
                forward(none, Messages.toJson((AirbyteMessage) none));
            }
        }
        for (StreamProgress stream : streams.values()) {
            boolean withheld = stream.sourceStatus.equals(Optional.of(AirbyteStreamStatus.INCOMPLETE));
            if (withheld) {
                // Invariant 3: replacing good rows by half a stream would be a quiet loss.
                failures.source(
                        FailureType.SYSTEM_ERROR,
                        "source.incomplete",
                        "ended well although the stream '%s' is incomplete".formatted(stream.stream()),
                        "see in the log why; what arrived is kept, and rows it would have replaced are too");
                continue;
            }
            if (sawStatus
                    && stream.sourceStatus
                            .filter(s -> s == AirbyteStreamStatus.COMPLETE)
                            .isEmpty()) {
                log.line(
                        Level.WARN,
                        source.name(),
                        "never said that the stream '%s' is complete, but ended well".formatted(stream.stream()));
            }
            AirbyteTraceMessage complete = new AirbyteTraceMessage.StreamStatus(
                    BigDecimal.valueOf(System.currentTimeMillis()),
                    new AirbyteStreamStatusTraceMessage(stream.stream(), AirbyteStreamStatus.COMPLETE, List.of()));
            write(Messages.toJson(complete));
            stream.complete = true;
        }
    }

    /// Jackson closes what it has written to.
    private static final class Unclosed extends OutputStream {
        private final OutputStream out;

        Unclosed(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }
    }
}
