package dev.sluice.cdk.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.AirbyteStreamStatus;
import dev.sluice.protocol.AirbyteStreamStatusTraceMessage;
import dev.sluice.protocol.AirbyteTraceMessage;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.Messages;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/// The catalogs and lines that [DestinationContract] gives to destinations.
final class Script {
    /// What the tests' rows hold: `id`, `name`, `team`, and the cursor `updated`.
    static final ObjectNode PEOPLE = ConnectorContract.json("""
            {"type": "object", "properties": {
                "id": {"type": "integer"},
                "name": {"type": ["null", "string"]},
                "team": {"type": ["null", "string"]},
                "updated": {"type": ["null", "integer"]}}}
            """);

    /// When the tests' rows were read, in milliseconds since 1970.
    static final long EMITTED_AT = 1_760_000_000_123L;

    static final long SYNC_ID = 9;

    private Script() {}

    static ConfiguredAirbyteStream people(DestinationSyncMode mode, long generation, long minimum) {
        return stream("people", mode, generation, minimum);
    }

    static ConfiguredAirbyteStream inNamespace(String namespace) {
        return stream(
                "people", Optional.of(namespace), PEOPLE, DestinationSyncMode.APPEND, List.of(List.of("id")), 1, 0);
    }

    static ConfiguredAirbyteStream stream(String name, DestinationSyncMode mode, long generation, long minimum) {
        return stream(name, Optional.empty(), PEOPLE, mode, List.of(List.of("id")), generation, minimum);
    }

    static ConfiguredAirbyteStream stream(
            String name,
            Optional<String> namespace,
            ObjectNode schema,
            DestinationSyncMode mode,
            List<List<String>> key,
            long generation,
            long minimum) {
        AirbyteStream stream = new AirbyteStream(
                name,
                namespace,
                schema,
                List.of(SyncMode.FULL_REFRESH, SyncMode.INCREMENTAL),
                Optional.of(true),
                List.of("updated"),
                key,
                Optional.of(true),
                Optional.empty());
        return new ConfiguredAirbyteStream(
                stream, SyncMode.INCREMENTAL, List.of("updated"), mode, key, generation, minimum, SYNC_ID);
    }

    static String person(int id, String name) {
        return person(id, name, id);
    }

    static String person(int id, String name, int updated) {
        return member("red", id, name, updated);
    }

    static String member(String team, int id, String name, int updated) {
        return Json.mapper()
                .createObjectNode()
                .put("id", id)
                .put("name", name)
                .put("team", team)
                .put("updated", updated)
                .toString();
    }

    static String record(ConfiguredAirbyteStream stream, String data) {
        return record(stream, data, EMITTED_AT);
    }

    /// @param data as JSON text, which may hold what no JSON library writes
    static String record(ConfiguredAirbyteStream stream, String data, long emittedAt) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("type", "RECORD");
        ObjectNode record =
                json.putObject("record").put("stream", stream.stream().name());
        stream.stream().namespace().ifPresent(namespace -> record.put("namespace", namespace));
        record.putRawValue("data", new RawValue(data));
        record.put("emitted_at", emittedAt);
        return json.toString();
    }

    /// With properties that the protocol does not know, as runners add them.
    static ObjectNode state(ConfiguredAirbyteStream stream, int id) {
        ObjectNode json = Json.mapper().createObjectNode().put("type", "STATE");
        ObjectNode state = json.putObject("state").put("type", "STREAM").put("id", id);
        ObjectNode one = state.putObject("stream");
        one.set("stream_descriptor", Json.mapper().valueToTree(stream.descriptor()));
        one.putObject("stream_state")
                .put("cursor", "2024-01-0" + id)
                .put("big", new BigDecimal("12345678901234567890.1200"))
                .putNull("nothing")
                .putObject("empty");
        state.putObject("sourceStats").put("recordCount", 1.0).put("news", "kept");
        return json;
    }

    static String complete(ConfiguredAirbyteStream stream) {
        AirbyteTraceMessage complete = new AirbyteTraceMessage.StreamStatus(
                BigDecimal.valueOf(EMITTED_AT),
                new AirbyteStreamStatusTraceMessage(stream.descriptor(), AirbyteStreamStatus.COMPLETE, List.of()));
        return Messages.toJson(complete).toString();
    }

    static ConfiguredAirbyteCatalog catalog(ConfiguredAirbyteStream... streams) {
        return new ConfiguredAirbyteCatalog(List.of(streams));
    }
}
