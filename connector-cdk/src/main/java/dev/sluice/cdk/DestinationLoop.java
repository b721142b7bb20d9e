package dev.sluice.cdk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.AirbyteStreamStatus;
import dev.sluice.protocol.AirbyteTraceMessage;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.ForeignLine;
import dev.sluice.protocol.json.Line;
import dev.sluice.protocol.json.LongRecordLine;
import dev.sluice.protocol.json.MessageLine;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.RecordLine;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/// A destination's side of a sync, top to bottom: rows in, commits, states back.
///
/// Invariant 1: a state goes back only after a commit that followed it.
/// Invariant 2: states go back in the order they came.
final class DestinationLoop {
    /// While records keep coming, a commit at most this often; each costs the database a flush to disk.
    private static final long COMMIT_EVERY_NANOS = 5_000_000_000L;

    /// How long to wait for more before a commit that nobody is in a hurry for.
    private static final long LINGER_MILLIS = 100;

    private final MessageReader in;
    private final MessageEmitter out;
    private final DestinationWriter rows;
    private final Map<StreamDescriptor, StreamProgress> streams = new HashMap<>();
    private final List<Pending> pending = new ArrayList<>();
    private long lastCommit = System.nanoTime();

    /// The stream the last record belonged to: records come in runs, and a run needs no look-up.
    private StreamProgress current;

    DestinationLoop(ConfiguredAirbyteCatalog catalog, DestinationWriter rows, MessageReader in, MessageEmitter out) {
        this.in = in;
        this.out = out;
        this.rows = rows;
        for (ConfiguredAirbyteStream stream : catalog.streams()) {
            streams.put(stream.descriptor(), new StreamProgress(stream.descriptor()));
        }
    }

    private static final class StreamProgress {
        final StreamDescriptor descriptor;
        long written;
        long rejected;
        boolean complete;

        StreamProgress(StreamDescriptor descriptor) {
            this.descriptor = descriptor;
        }
    }

    /// A state that waits for a commit, with the counts of its scope up to it.
    private record Pending(ObjectNode state, long written, long rejected) {}

    /// Returns the exit code: 0 when every stream of the catalog was complete.
    int run() throws Exception {
        while (true) {
            if (!pending.isEmpty() && !in.ready()) {
                // The source has paused: a good moment, unless more is on its way already.
                if (!isReadyWithin(LINGER_MILLIS)) {
                    commit();
                }
            }
            Line line = read();
            if (line == null) {
                break;
            }
            switch (line) {
                case RecordLine record -> record(record);
                case LongRecordLine _ -> throw new AssertionError("this reader does not spool");
                case MessageLine message -> message(message);
                case ForeignLine foreign -> foreign(foreign);
            }
            if (!pending.isEmpty() && System.nanoTime() - lastCommit > COMMIT_EVERY_NANOS) {
                commit();
            }
        }
        commit();
        TreeSet<StreamDescriptor> incomplete = new TreeSet<>();
        for (StreamProgress stream : streams.values()) {
            if (!stream.complete) {
                incomplete.add(stream.descriptor);
            }
        }
        if (incomplete.isEmpty()) {
            rows.whereToLook().ifPresent(out::whereToLook);
            return 0;
        }
        throw ConnectorException.temporary(
                "the input ended before %s %s complete; what arrived is kept, and rows it would replace too"
                        .formatted(
                                String.join(
                                        ", ",
                                        incomplete.stream()
                                                .map(StreamDescriptor::toString)
                                                .toList()),
                                incomplete.size() == 1 ? "was" : "were"));
    }

    /// Looks often at first, then less: a pipe holds 64 kB, so that each wait, if it were a millisecond, would hold
    /// up a source that writes on to 64 MB/s.
    private boolean isReadyWithin(long millis) throws IOException, InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long pause = 50_000; !in.ready(); pause = Math.min(2 * pause, 5_000_000)) {
            if (System.nanoTime() >= end) {
                return false;
            }
            LockSupport.parkNanos(pause);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return true;
    }

    private Line read() throws IOException, InterruptedException {
        try {
            return in.read();
        } catch (ClosedByInterruptException e) {
            // The interrupt has done its work; what is closed from here on must not meet it again.
            Thread.interrupted();
            throw new InterruptedException("stopped while waiting for input");
        }
    }

    private void record(RecordLine record) throws Exception {
        StreamProgress stream = current;
        if (stream == null || !stream.descriptor.equals(record.stream())) {
            stream = stream(record.stream());
            current = stream;
        }
        if (rows.write(record)) {
            stream.written++;
        } else {
            stream.rejected++;
        }
    }

    private StreamProgress stream(StreamDescriptor descriptor) {
        StreamProgress stream = streams.get(descriptor);
        if (stream == null) {
            throw ConnectorException.system(
                    "a record arrived for the stream '%s', which is not in the configured catalog"
                            .formatted(descriptor),
                    null);
        }
        return stream;
    }

    private void message(MessageLine line) throws Exception {
        switch (line.message()) {
            case AirbyteStateMessage state -> pending.add(count(line.json(), state));
            case AirbyteTraceMessage.StreamStatus status -> {
                if (status.streamStatus().status() == AirbyteStreamStatus.COMPLETE) {
                    StreamProgress stream = stream(status.streamStatus().streamDescriptor());
                    if (!stream.complete) {
                        commit();
                        rows.complete(stream.descriptor);
                        stream.complete = true;
                    }
                }
            }
            default -> {
                // Logs, estimates and the like of a source are nothing to a destination.
            }
        }
    }

    private void foreign(ForeignLine line) {
        if (line.lostRecord()) {
            throw ConnectorException.system(
                    "a record of %,d bytes on standard input %s".formatted(line.length(), line.reason()), null);
        }
        out.warn("a line of %,d bytes on standard input %s".formatted(line.length(), line.reason()));
    }

    /// Takes the counts of the state's scope since its previous state.
    private Pending count(ObjectNode json, AirbyteStateMessage state) {
        List<StreamProgress> scope = switch (state) {
            case AirbyteStateMessage.Stream one -> {
                StreamProgress stream = streams.get(one.stream().streamDescriptor());
                yield stream == null ? List.of() : List.of(stream);
            }
            case AirbyteStateMessage.Global _, AirbyteStateMessage.Legacy _ -> List.copyOf(streams.values());
        };
        long written = 0;
        long rejected = 0;
        for (StreamProgress stream : scope) {
            written += stream.written;
            rejected += stream.rejected;
            stream.written = 0;
            stream.rejected = 0;
        }
        return new Pending(json, written, rejected);
    }

    private void commit() throws Exception {
        rows.commit();
        lastCommit = System.nanoTime();
        for (Pending state : pending) {
            giveBack(state);
        }
        pending.clear();
    }

    /// The state goes back as it came, unknown properties included; only the counts are ours.
    private void giveBack(Pending pending) {
        ObjectNode state = (ObjectNode) pending.state().get("state");
        ObjectNode stats = state.putObject("destinationStats");
        stats.put("recordCount", (double) pending.written());
        stats.put("rejectedRecordCount", (double) pending.rejected());
        out.writeJson(pending.state());
    }
}
