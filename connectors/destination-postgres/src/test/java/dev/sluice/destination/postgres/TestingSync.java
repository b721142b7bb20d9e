package dev.sluice.destination.postgres;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.sluice.cdk.testing.ConnectorHarness;
import dev.sluice.cdk.testing.Conversation;
import dev.sluice.cdk.testing.Transcript;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Syncs as a runner makes them: real lines through the connector's command line.
final class TestingSync {
    private TestingSync() {}

    /// A stream to sync; every `with…` method returns a changed copy.
    ///
    /// @param properties of its schema, as JSON
    record Stream(
            String name,
            String namespace,
            String properties,
            DestinationSyncMode mode,
            List<String> key,
            List<String> cursor,
            long generation,
            long minimum) {
        static Stream of(String name, String properties) {
            return new Stream(name, "", properties, DestinationSyncMode.APPEND, List.of(), List.of(), 1, 0);
        }

        Stream dedup(String... newKey) {
            return new Stream(
                    name,
                    namespace,
                    properties,
                    DestinationSyncMode.APPEND_DEDUP,
                    List.of(newKey),
                    cursor,
                    generation,
                    minimum);
        }

        Stream append() {
            return new Stream(
                    name, namespace, properties, DestinationSyncMode.APPEND, key, cursor, generation, minimum);
        }

        Stream withCursor(String newCursor) {
            return new Stream(name, namespace, properties, mode, key, List.of(newCursor), generation, minimum);
        }

        Stream withProperties(String newProperties) {
            return new Stream(name, namespace, newProperties, mode, key, cursor, generation, minimum);
        }

        Stream generation(long newGeneration, long newMinimum) {
            return new Stream(name, namespace, properties, mode, key, cursor, newGeneration, newMinimum);
        }

        Stream overwrite(long newGeneration) {
            return new Stream(
                    name,
                    namespace,
                    properties,
                    DestinationSyncMode.OVERWRITE,
                    key,
                    cursor,
                    newGeneration,
                    newGeneration);
        }

        ConfiguredAirbyteStream configured() {
            ObjectNode schema = json("{\"type\":\"object\",\"properties\":%s}".formatted(properties));
            AirbyteStream stream = new AirbyteStream(
                    name,
                    namespace.isEmpty() ? Optional.empty() : Optional.of(namespace),
                    schema,
                    List.of(SyncMode.FULL_REFRESH, SyncMode.INCREMENTAL),
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty());
            return new ConfiguredAirbyteStream(
                    stream,
                    SyncMode.INCREMENTAL,
                    cursor,
                    mode,
                    key.stream().map(List::of).toList(),
                    generation,
                    minimum,
                    3);
        }

        String record(String data) {
            return record(data, 1_760_000_000_000L);
        }

        String record(String data, long emittedAt) {
            ObjectNode json = Json.mapper().createObjectNode().put("type", "RECORD");
            ObjectNode record = json.putObject("record").put("stream", name);
            if (!namespace.isEmpty()) {
                record.put("namespace", namespace);
            }
            record.put("emitted_at", emittedAt).putRawValue("data", new RawValue(data));
            return json.toString();
        }

        String complete() {
            return "{\"type\":\"TRACE\",\"trace\":{\"type\":\"STREAM_STATUS\",\"emitted_at\":1,\"stream_status\":{\"stream_descriptor\":%s,\"status\":\"COMPLETE\"}}}"
                    .formatted(descriptor());
        }

        String state() {
            return "{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":%s,\"stream_state\":{}}}}"
                    .formatted(descriptor());
        }

        private ObjectNode descriptor() {
            ObjectNode descriptor = Json.mapper().createObjectNode().put("name", name);
            return namespace.isEmpty() ? descriptor : descriptor.put("namespace", namespace);
        }
    }

    static ObjectNode json(String text) {
        try {
            return (ObjectNode) Json.mapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Conversation begin(ObjectNode config, Stream... streams) {
        return ConnectorHarness.of(new DestinationPostgres())
                .write(
                        config,
                        new ConfiguredAirbyteCatalog(
                                Arrays.stream(streams).map(Stream::configured).toList()));
    }

    /// A sync of one stream that arrives whole.
    static Transcript sync(ObjectNode config, Stream stream, String... rows) {
        try (Conversation write = begin(config, stream)) {
            for (String row : rows) {
                write.say(stream.record(row));
            }
            return write.say(stream.state(), stream.complete()).end().succeeded();
        }
    }

    /// A sync of one stream whose source dies, after a state that came back.
    static Transcript cutShort(ObjectNode config, Stream stream, String... rows) {
        try (Conversation write = begin(config, stream)) {
            for (String row : rows) {
                write.say(stream.record(row));
            }
            write.say(stream.state());
            write.hear("STATE");
            return write.end();
        }
    }

    /// The error of a sync that fails.
    static String failure(ObjectNode config, Stream stream, String... rows) {
        try (Conversation write = begin(config, stream)) {
            for (String row : rows) {
                write.say(stream.record(row));
            }
            Transcript transcript = write.say(stream.state(), stream.complete()).end();
            return transcript.errors().getFirst().failureType() + ": "
                    + transcript.errors().getFirst().message();
        }
    }
}
