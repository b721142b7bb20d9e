package dev.sluice.runner.sync;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.json.Json;
import java.util.List;
import java.util.Optional;

/// Messages as connectors write them, and the streams they are about.
final class Lines {
    private Lines() {}

    static String record(String stream, int id) {
        return "{\"type\":\"RECORD\",\"record\":{\"stream\":\"%s\",\"data\":{\"id\":%d},\"emitted_at\":1}}"
                .formatted(stream, id);
    }

    static String state(String stream, int cursor) {
        return ("{\"type\":\"STATE\",\"state\":{\"type\":\"STREAM\",\"stream\":{\"stream_descriptor\":{\"name\":\"%s\"},"
                        + "\"stream_state\":{\"cursor\":%d}}}}")
                .formatted(stream, cursor);
    }

    static String globalState(int shared, String... streams) {
        List<String> states = java.util.Arrays.stream(streams)
                .map(stream -> "{\"stream_descriptor\":{\"name\":\"%s\"},\"stream_state\":{\"at\":%d}}"
                        .formatted(stream, shared))
                .toList();
        return "{\"type\":\"STATE\",\"state\":{\"type\":\"GLOBAL\",\"global\":{\"shared_state\":{\"lsn\":%d},\"stream_states\":%s}}}"
                .formatted(shared, states);
    }

    static String legacyState(int cursor) {
        return "{\"type\":\"STATE\",\"state\":{\"data\":{\"cursor\":%d}}}".formatted(cursor);
    }

    static String status(String stream, String status) {
        return ("{\"type\":\"TRACE\",\"trace\":{\"type\":\"STREAM_STATUS\",\"emitted_at\":1.5,\"stream_status\":"
                        + "{\"stream_descriptor\":{\"name\":\"%s\"},\"status\":\"%s\"}}}")
                .formatted(stream, status);
    }

    static String error(String type, String message) {
        return ("{\"type\":\"TRACE\",\"trace\":{\"type\":\"ERROR\",\"emitted_at\":1,\"error\":{\"message\":\"%s\","
                        + "\"failure_type\":\"%s\"}}}")
                .formatted(message, type);
    }

    static String checked(String status, String message) {
        return "{\"type\":\"CONNECTION_STATUS\",\"connectionStatus\":{\"status\":\"%s\",\"message\":\"%s\"}}"
                .formatted(status, message);
    }

    static String log(String message) {
        return "{\"type\":\"LOG\",\"log\":{\"level\":\"INFO\",\"message\":\"%s\"}}".formatted(message);
    }

    static JsonNode json(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (JacksonException e) {
            throw new AssertionError(text, e);
        }
    }

    /// `{"id": integer, "name": string, "amount": number}`.
    static ObjectNode schema() {
        return (ObjectNode) json(
                "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"name\":{\"type\":\"string\"},"
                        + "\"amount\":{\"type\":\"number\"}}}");
    }

    static AirbyteStream incremental(String name) {
        return AirbyteStream.incremental(name, schema(), "id", List.of(List.of("id")));
    }

    static AirbyteStream fullRefresh(String name) {
        return AirbyteStream.fullRefresh(name, schema(), List.of());
    }

    static AirbyteStream resumable(String name) {
        AirbyteStream stream = fullRefresh(name);
        return new AirbyteStream(
                stream.name(),
                stream.namespace(),
                stream.jsonSchema(),
                stream.supportedSyncModes(),
                stream.sourceDefinedCursor(),
                stream.defaultCursorField(),
                stream.sourceDefinedPrimaryKey(),
                Optional.of(true),
                stream.isFileBased());
    }

    static AirbyteStream inNamespace(String namespace, AirbyteStream stream) {
        return new AirbyteStream(
                stream.name(),
                Optional.of(namespace),
                stream.jsonSchema(),
                stream.supportedSyncModes(),
                stream.sourceDefinedCursor(),
                stream.defaultCursorField(),
                stream.sourceDefinedPrimaryKey(),
                stream.isResumable(),
                stream.isFileBased());
    }
}
