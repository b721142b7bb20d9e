package dev.sluice.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.ForeignLine.Loss;
import java.io.IOException;
import java.util.Optional;

/// Recognises a line that lies in a file, in memory that does not grow with it.
final class LongLines {
    /// A long text or number is stepped over; names, and what is looked at, are held and have limits.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(10_000)
                    .maxStringLength(1_000_000)
                    .maxNumberLength(1_000_000)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private LongLines() {}

    static JsonParser parser(Spool spool) throws IOException {
        return FACTORY.createParser(spool.open());
    }

    static Line recognise(Spool spool) throws IOException {
        try (JsonParser json = parser(spool)) {
            return new Walk(spool, json).line();
        } catch (JacksonException e) {
            return MessageReader.foreign("is not JSON", spool.head(ForeignLine.MAX_TEXT), spool.length());
        }
    }

    private static final class Walk {
        private final Spool spool;
        private final JsonParser json;
        private String type = "";
        private String stream;
        private Optional<String> namespace = Optional.empty();
        private long dataStart = -1;
        private long dataEnd;
        private long recordEnd;
        private boolean hasEmittedAt;

        Walk(Spool spool, JsonParser json) {
            this.spool = spool;
            this.json = json;
        }

        Line line() throws IOException {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                json.skipChildren();
                return new ForeignLine("is not a JSON object", "", spool.length(), Loss.NOTHING);
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (name.equals("record") && value == JsonToken.START_OBJECT) {
                    record();
                } else if (name.equals("type") && value == JsonToken.VALUE_STRING) {
                    type = json.getText();
                } else {
                    json.skipChildren();
                }
            }
            if (json.nextToken() != null) {
                return MessageReader.followed(spool.length());
            }
            return switch (type) {
                case "RECORD" -> recordLine();
                case "STATE" -> state();
                default ->
                    // A log line, most likely: its beginning is enough.
                    new ForeignLine(
                            "is a message too long for memory",
                            new String(spool.head(ForeignLine.MAX_TEXT), UTF_8),
                            spool.length(),
                            Loss.NOTHING);
            };
        }

        private void record() throws IOException {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                switch (name) {
                    case "stream" -> stream = value == JsonToken.VALUE_STRING ? json.getText() : stream;
                    case "namespace" ->
                        namespace = value == JsonToken.VALUE_STRING ? Optional.of(json.getText()) : Optional.empty();
                    case "emitted_at" -> hasEmittedAt = value.isNumeric();
                    case "data" -> dataStart = value == JsonToken.START_OBJECT ? start() : -1;
                    default -> {}
                }
                json.skipChildren();
                if (name.equals("data")) {
                    dataEnd = json.currentLocation().getByteOffset();
                }
            }
            recordEnd = start();
        }

        private long start() {
            return json.currentTokenLocation().getByteOffset();
        }

        private Line recordLine() {
            if (stream == null || dataStart < 0) {
                return new ForeignLine(
                        "is a record without a stream or with data of a wrong kind", "", spool.length(), Loss.RECORD);
            }
            return new LongRecordLine(
                    spool, new StreamDescriptor(stream, namespace), dataStart, dataEnd, recordEnd, hasEmittedAt);
        }

        /// A state is needed whole, and memory decides whether that is possible.
        private Line state() throws IOException {
            try {
                ObjectNode message = (ObjectNode) Json.mapper().readTree(spool.open());
                return new MessageLine(Messages.fromJson(message), message);
            } catch (UnknownMessageException e) {
                return new ForeignLine(e.getMessage(), "", spool.length(), Loss.STATE);
            }
        }
    }
}
