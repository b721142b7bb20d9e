package dev.sluice.cdk.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteControlMessage;
import dev.sluice.protocol.AirbyteErrorTraceMessage;
import dev.sluice.protocol.AirbyteLogMessage;
import dev.sluice.protocol.AirbyteMessage;
import dev.sluice.protocol.AirbyteRecordMessage;
import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.AirbyteStreamStatus;
import dev.sluice.protocol.AirbyteTraceMessage;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.ForeignLine;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.Line;
import dev.sluice.protocol.json.LongRecordLine;
import dev.sluice.protocol.json.MessageLine;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.Messages;
import dev.sluice.protocol.json.RecordLine;
import dev.sluice.protocol.json.UnknownMessageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// What a connector printed until it ended, and how it ended.
///
/// @param lines of standard output, in order
/// @param wholeLines whether the last line had its line feed
public record Transcript(List<String> lines, boolean wholeLines, int exitCode, String stderr) {
    public Transcript {
        lines = List.copyOf(lines);
    }

    /// The messages, read as a runner reads them.
    ///
    /// @throws AssertionError when a line is not a message: standard output is for nothing else
    public List<AirbyteMessage> messages() {
        List<AirbyteMessage> messages = new ArrayList<>();
        for (String line : lines) {
            messages.add(message(line));
        }
        return messages;
    }

    /// The messages of one type, `AirbyteRecordMessage` for example.
    public <M extends AirbyteMessage> List<M> messages(Class<M> type) {
        return messages().stream().filter(type::isInstance).map(type::cast).toList();
    }

    /// The one message of this type.
    ///
    /// @throws AssertionError when there are none or several, or others than logs, traces and control messages
    ///     beside it
    public <M extends AirbyteMessage> M answer(Class<M> type) {
        List<AirbyteMessage> answers = messages().stream()
                .filter(message -> !(message instanceof AirbyteLogMessage
                        || message instanceof AirbyteTraceMessage
                        || message instanceof AirbyteControlMessage))
                .toList();
        if (answers.size() != 1 || !type.isInstance(answers.getFirst())) {
            throw new AssertionError("expected one %s as the answer; %s".formatted(type.getSimpleName(), this));
        }
        return type.cast(answers.getFirst());
    }

    public List<AirbyteRecordMessage> records(StreamDescriptor stream) {
        return messages(AirbyteRecordMessage.class).stream()
                .filter(record -> record.descriptor().equals(stream))
                .toList();
    }

    public List<AirbyteStateMessage> states() {
        return messages(AirbyteStateMessage.class);
    }

    /// The states as they were printed, with properties that the records do not know.
    public List<JsonNode> stateLines() {
        return lines.stream()
                .map(Transcript::json)
                .filter(line -> line.path("type").asText().equals("STATE"))
                .toList();
    }

    public List<AirbyteErrorTraceMessage> errors() {
        return messages(AirbyteTraceMessage.Error.class).stream()
                .map(AirbyteTraceMessage.Error::error)
                .toList();
    }

    /// What the connector said of the stream's progress, in order.
    public List<AirbyteStreamStatus> statuses(StreamDescriptor stream) {
        return messages(AirbyteTraceMessage.StreamStatus.class).stream()
                .map(AirbyteTraceMessage.StreamStatus::streamStatus)
                .filter(status -> status.streamDescriptor().equals(stream))
                .map(status -> status.status())
                .toList();
    }

    /// @throws AssertionError when the connector ended with another code than 0
    public Transcript succeeded() {
        if (exitCode != 0) {
            throw new AssertionError("expected exit code 0; " + this);
        }
        return this;
    }

    /// Everything that left the connector.
    String everything() {
        return String.join("\n", lines) + "\n" + stderr;
    }

    @Override
    public String toString() {
        return "exit code %d, standard error '%s', standard output: %s"
                .formatted(exitCode, stderr.strip(), shortened(lines));
    }

    static String shortened(List<String> lines) {
        String shown = lines.stream()
                .skip(Math.max(0, lines.size() - 20L))
                .map(line -> "\n  " + (line.length() > 1000 ? line.substring(0, 1000) + "…" : line))
                .collect(Collectors.joining());
        return lines.isEmpty() ? "nothing" : lines.size() > 20 ? "… " + shown : shown;
    }

    static AirbyteMessage message(String line) {
        try (MessageReader reader = new MessageReader(new ByteArrayInputStream(line.getBytes(UTF_8)))) {
            Line read = reader.read();
            return switch (read) {
                case LongRecordLine _ -> throw new AssertionError("this reader does not spool");
                case RecordLine _ -> Messages.fromJson((ObjectNode) json(line));
                case MessageLine message -> message.message();
                case ForeignLine foreign ->
                    throw new AssertionError("a line on standard output %s: '%s'"
                            .formatted(foreign.reason(), shortened(List.of(foreign.text()))));
                case null -> throw new AssertionError("an empty line on standard output");
            };
        } catch (UnknownMessageException e) {
            throw new AssertionError("a line on standard output %s: '%s'".formatted(e.getMessage(), line), e);
        } catch (IOException e) {
            throw new AssertionError("reading from memory", e);
        }
    }

    static JsonNode json(String line) {
        try {
            return Json.mapper().readTree(line);
        } catch (JacksonException e) {
            throw new AssertionError("not JSON: '%s'".formatted(shortened(List.of(line))), e);
        }
    }
}
