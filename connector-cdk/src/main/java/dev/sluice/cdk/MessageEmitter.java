package dev.sluice.cdk;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteAnalyticsTraceMessage;
import dev.sluice.protocol.AirbyteControlMessage;
import dev.sluice.protocol.AirbyteErrorTraceMessage;
import dev.sluice.protocol.AirbyteEstimateTraceMessage;
import dev.sluice.protocol.AirbyteLogMessage;
import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.protocol.AirbyteMessage;
import dev.sluice.protocol.AirbyteStreamStatus;
import dev.sluice.protocol.AirbyteStreamStatusTraceMessage;
import dev.sluice.protocol.AirbyteTraceMessage;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.MessageWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// How a connector says something. Safe to use from several threads; streams may be read side by side.
///
/// Secrets of the configuration are replaced by `****` in every text that passes through here.
public final class MessageEmitter {
    private final MessageWriter out;
    private final Secrets secrets;

    /// What was said last of each stream.
    private final Map<StreamDescriptor, AirbyteStreamStatus> statuses = new ConcurrentHashMap<>();

    /// Nobody reads what we print any more. A type of its own, so that it is not taken for a failure of the
    /// stream that happened to be read.
    private static final class OutputClosedException extends UncheckedIOException {
        OutputClosedException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    MessageEmitter(MessageWriter out, Secrets secrets) {
        this.out = out;
        this.secrets = secrets;
    }

    /// Reads one stream.
    @FunctionalInterface
    public interface StreamBody {
        void read(StreamEmitter rows) throws Exception;
    }

    /// Reads one stream and says how it goes: started, running with its first record, then complete, or
    /// incomplete with the reason. A stream that fails does not keep the others from being read; the
    /// connector then ends with exit code 1. Only an interrupt passes through.
    public void stream(ConfiguredAirbyteStream stream, StreamBody body) throws InterruptedException {
        StreamDescriptor descriptor = stream.descriptor();
        status(descriptor, AirbyteStreamStatus.STARTED);
        try {
            body.read(new StreamEmitter(this, descriptor));
            if (Thread.interrupted()) {
                throw new InterruptedException("stopped while reading " + descriptor);
            }
            status(descriptor, AirbyteStreamStatus.COMPLETE);
        } catch (InterruptedException e) {
            status(descriptor, AirbyteStreamStatus.INCOMPLETE);
            throw e;
        } catch (OutputClosedException e) {
            throw e;
        } catch (Exception e) {
            if (Thread.interrupted()) {
                // What the interrupt made of the call it met.
                status(descriptor, AirbyteStreamStatus.INCOMPLETE);
                throw new InterruptedException("stopped while reading " + descriptor);
            }
            error(e, Optional.of(descriptor));
            status(descriptor, AirbyteStreamStatus.INCOMPLETE);
        }
    }

    /// Whether every stream of the catalog is complete. Speaks up for one that was never read: an exit code of
    /// 0 would let the destination replace its rows by nothing.
    boolean isComplete(ConfiguredAirbyteCatalog catalog) {
        boolean isComplete = true;
        for (ConfiguredAirbyteStream stream : catalog.streams()) {
            AirbyteStreamStatus status = statuses.get(stream.descriptor());
            isComplete &= status == AirbyteStreamStatus.COMPLETE;
            if (status == null) {
                error(
                        ConnectorException.config(
                                "the source has no stream '%s'; run `discover` and remove the stream from the catalog"
                                        .formatted(stream.descriptor())),
                        Optional.of(stream.descriptor()));
                status(stream.descriptor(), AirbyteStreamStatus.INCOMPLETE);
            }
        }
        return isComplete;
    }

    public void log(Level level, String message) {
        write(new AirbyteLogMessage(level, secrets.mask(message)));
    }

    public void info(String message) {
        log(Level.INFO, message);
    }

    public void warn(String message) {
        log(Level.WARN, message);
    }

    /// How many rows the stream will have, when the source knows.
    public void estimate(StreamDescriptor stream, long rows) {
        write(new AirbyteTraceMessage.Estimate(
                now(),
                new AirbyteEstimateTraceMessage(
                        stream.name(),
                        AirbyteEstimateTraceMessage.Type.STREAM,
                        stream.namespace(),
                        Optional.of(rows),
                        Optional.empty())));
    }

    /// Asks that the configuration be replaced, for example because a single-use token was renewed.
    public void replaceConfig(ObjectNode config) {
        secrets.learn(config);
        write(new AirbyteControlMessage(now(), config));
    }

    /// For the summary of a sync; a convention of Sluice, noise to anybody else
    /// (docs/reference/protocol-extensions.md).
    void whereToLook(String sentence) {
        write(new AirbyteTraceMessage.Analytics(
                now(), new AirbyteAnalyticsTraceMessage("sluice.where_to_look", Optional.of(secrets.mask(sentence)))));
    }

    void error(Throwable e, Optional<StreamDescriptor> stream) {
        FailureType type = e instanceof ConnectorException c ? c.failureType() : FailureType.SYSTEM_ERROR;
        String message = e instanceof ConnectorException ? e.getMessage() : describe(e);
        StringWriter stack = new StringWriter();
        e.printStackTrace(new PrintWriter(stack));
        write(new AirbyteTraceMessage.Error(
                now(),
                new AirbyteErrorTraceMessage(
                        secrets.mask(message),
                        Optional.of(secrets.mask(describe(e))),
                        Optional.of(secrets.mask(stack.toString())),
                        type,
                        stream)));
    }

    private static String describe(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
    }

    void status(StreamDescriptor stream, AirbyteStreamStatus status) {
        statuses.put(stream, status);
        write(new AirbyteTraceMessage.StreamStatus(
                now(), new AirbyteStreamStatusTraceMessage(stream, status, List.of())));
    }

    void write(AirbyteMessage message) {
        try {
            out.write(message);
        } catch (IOException e) {
            throw new OutputClosedException(e);
        }
    }

    void writeRecord(StreamDescriptor stream, long emittedAt, MessageWriter.Fields data) {
        try {
            out.writeRecord(stream, emittedAt, data);
        } catch (JacksonException e) {
            throw new UncheckedIOException(e.getOriginalMessage(), e); // The row's own mistake.
        } catch (IOException e) {
            throw new OutputClosedException(e);
        }
    }

    void writeJson(ObjectNode message) {
        try {
            out.writeJson(message);
        } catch (IOException e) {
            throw new OutputClosedException(e);
        }
    }

    private static BigDecimal now() {
        return BigDecimal.valueOf(System.currentTimeMillis());
    }
}
