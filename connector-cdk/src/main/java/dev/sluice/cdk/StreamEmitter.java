package dev.sluice.cdk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.AirbyteStateStats;
import dev.sluice.protocol.AirbyteStreamState;
import dev.sluice.protocol.AirbyteStreamStatus;
import dev.sluice.protocol.AirbyteStreamStatusReason;
import dev.sluice.protocol.AirbyteStreamStatusTraceMessage;
import dev.sluice.protocol.AirbyteTraceMessage;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.MessageWriter;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The rows and states of one stream, in the order they are called: a state covers every row before it.
/// Used by one thread.
public final class StreamEmitter {
    private final MessageEmitter messages;
    private final StreamDescriptor stream;
    private boolean running;
    private long sinceState;

    StreamEmitter(MessageEmitter messages, StreamDescriptor stream) {
        this.messages = messages;
        this.stream = stream;
    }

    /// Emits a row.
    public void record(ObjectNode data) throws InterruptedException {
        record(json -> {
            for (var field : data.properties()) {
                json.writeObjectField(field.getKey(), field.getValue());
            }
        });
    }

    /// Emits a row field by field, without building it first: the fast way.
    ///
    /// @throws InterruptedException when the connector was asked to stop
    public void record(MessageWriter.Fields data) throws InterruptedException {
        record(System.currentTimeMillis(), data);
    }

    /// @param emittedAt milliseconds since 1970
    public void record(long emittedAt, MessageWriter.Fields data) throws InterruptedException {
        if (!running) {
            running = true;
            messages.status(stream, AirbyteStreamStatus.RUNNING);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("stopped while reading " + stream);
        }
        messages.writeRecord(stream, emittedAt, data);
        sinceState++;
    }

    /// Says where a later read may continue.
    public void state(JsonNode cursor) {
        messages.write(new AirbyteStateMessage.Stream(
                new AirbyteStreamState(stream, Optional.of(cursor)),
                Optional.of(AirbyteStateStats.ofRecords(sinceState)),
                Optional.empty()));
        sinceState = 0;
    }

    /// Says that the source makes us wait, so that nobody takes the silence for a hang.
    public void rateLimitedUntil(Instant quotaReset) {
        messages.write(new AirbyteTraceMessage.StreamStatus(
                BigDecimal.valueOf(System.currentTimeMillis()),
                new AirbyteStreamStatusTraceMessage(
                        stream,
                        AirbyteStreamStatus.RUNNING,
                        List.of(new AirbyteStreamStatusReason(
                                AirbyteStreamStatusReason.Type.RATE_LIMITED,
                                Optional.of(new AirbyteStreamStatusReason.RateLimited(
                                        Optional.of(quotaReset.toEpochMilli()))))))));
    }

    /// Rows emitted since the last state.
    public long sinceState() {
        return sinceState;
    }

    public void warn(String message) {
        messages.warn(message);
    }

    public void info(String message) {
        messages.info(message);
    }
}
