package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteRecordMessage;
import dev.sluice.protocol.AirbyteRecordMessageMeta;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.RecordLine;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.sync.Reading;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Records of a source that runs, in the order it sends them. It is read once, by one thread at a time; any
/// thread may close it. The source waits while nobody reads: a little runs ahead, however much there is.
///
/// Closing it, at whatever record, stops the source and returns when nothing of it is left.
public final class Records implements Iterable<AirbyteRecordMessage>, AutoCloseable {
    private final Sluice sluice;
    private final Reading reading;
    private boolean begun;

    Records(Sluice sluice, Reading reading) {
        this.sluice = sluice;
        this.reading = reading;
        try {
            sluice.opened(this);
        } catch (IllegalStateException e) {
            reading.close();
            throw e;
        }
    }

    /// Throws the cause as a [RunnerException] behind the last record when the source has failed,
    /// `runner.stopped` when the thread was interrupted or the records were closed meanwhile.
    ///
    /// @throws IllegalStateException when it has been called before, also by [#stream]
    @Override
    public Iterator<AirbyteRecordMessage> iterator() {
        if (begun) {
            throw new IllegalStateException("the records of a source can be read once");
        }
        begun = true;
        return new Iterator<>() {
            private Optional<AirbyteRecordMessage> next = Optional.empty();
            private boolean ended;

            @Override
            public boolean hasNext() {
                if (next.isEmpty() && !ended) {
                    next = Records.this.next();
                    ended = next.isEmpty();
                }
                return next.isPresent();
            }

            @Override
            public AirbyteRecordMessage next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("there are no more records");
                }
                AirbyteRecordMessage record = next.orElseThrow();
                next = Optional.empty();
                return record;
            }
        };
    }

    /// The same as a stream, which reads no record before it is asked for it. It is not split among threads.
    /// Closing it closes the records.
    public Stream<AirbyteRecordMessage> stream() {
        Iterator<AirbyteRecordMessage> records = iterator();
        Spliterator<AirbyteRecordMessage> one = new Spliterator<>() {
            @Override
            public boolean tryAdvance(Consumer<? super AirbyteRecordMessage> action) {
                if (!records.hasNext()) {
                    return false;
                }
                action.accept(records.next());
                return true;
            }

            @Override
            public Spliterator<AirbyteRecordMessage> trySplit() {
                return null;
            }

            @Override
            public long estimateSize() {
                return Long.MAX_VALUE;
            }

            @Override
            public int characteristics() {
                return ORDERED | NONNULL;
            }
        };
        return StreamSupport.stream(one, false).onClose(this::close);
    }

    private Optional<AirbyteRecordMessage> next() {
        try {
            RecordLine line = reading.next();
            if (line == null) {
                close();
                return Optional.empty();
            }
            return Optional.of(message(line));
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new RunnerException(
                    FailureType.TRANSIENT_ERROR, "runner.stopped", "the read was interrupted", "", "", e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static AirbyteRecordMessage message(RecordLine line) {
        try {
            Optional<AirbyteRecordMessageMeta> meta = line.metaStart() == line.metaEnd()
                    ? Optional.empty()
                    : Optional.ofNullable(Json.mapper()
                            .readValue(
                                    line.bytes(),
                                    line.metaStart(),
                                    line.metaEnd() - line.metaStart(),
                                    AirbyteRecordMessageMeta.class));
            return new AirbyteRecordMessage(
                    line.stream().namespace(),
                    line.stream().name(),
                    (ObjectNode)
                            Json.mapper().readTree(line.bytes(), line.dataStart(), line.dataEnd() - line.dataStart()),
                    line.emittedAt() == RecordLine.NO_TIME ? 0 : line.emittedAt(),
                    meta,
                    Optional.empty());
        } catch (IOException e) {
            // What is in the message may be a customer's.
            throw new RunnerException(
                    FailureType.SYSTEM_ERROR,
                    "source.lost_records",
                    "a record of the stream '%s' is not JSON inside".formatted(line.stream()),
                    "",
                    "tell the connector's developers");
        }
    }

    /// Where the source would continue: give it to [Selection#read(JsonNode)] later. Everything it covers has
    /// been returned; what was returned since the source's last state is not covered, and comes again.
    ///
    /// @return Airbyte's state messages, as a list; empty before the source has sent one
    public JsonNode state() {
        return reading.state().toDocument().orElseGet(() -> Json.mapper().createArrayNode());
    }

    /// Stops the source if it still runs. Safe to call again.
    @Override
    public void close() {
        reading.close();
        sluice.ended(this);
    }
}
