package dev.sluice.runner.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Everything a source needs to continue: one state per stream, or one for all. Opaque but for the names of
/// the streams; kept as JSON, so that no digit and no property is lost.
public sealed interface SyncState {
    SyncState EMPTY = new PerStream(Collections.emptySortedMap());

    /// One cursor per stream, each the `stream_state` of its STATE message.
    record PerStream(SortedMap<StreamDescriptor, JsonNode> cursors) implements SyncState {
        public PerStream {
            cursors = Collections.unmodifiableSortedMap(new TreeMap<>(cursors));
        }
    }

    /// One snapshot, the `global` of its STATE message.
    record Global(ObjectNode global) implements SyncState {}

    /// One blob, the `data` of its STATE message.
    record Legacy(JsonNode data) implements SyncState {}

    default boolean isEmpty() {
        return this instanceof PerStream(var cursors) && cursors.isEmpty();
    }

    /// The state after one more message; the last one of a scope counts.
    ///
    /// @param json the message as it came, to keep what this program does not know of it
    /// @throws RunnerException when it is of another type than what is there: only a reset can mend that
    default SyncState with(AirbyteStateMessage message, ObjectNode json) {
        ObjectNode state = (ObjectNode) json.get("state");
        return switch (message) {
            case AirbyteStateMessage.Stream one -> {
                TreeMap<StreamDescriptor, JsonNode> cursors = new TreeMap<>();
                switch (this) {
                    case PerStream(var before) -> cursors.putAll(before);
                    case Legacy _ -> {} // A source that has learned to tell streams apart.
                    case Global _ -> throw otherType("STREAM", "GLOBAL");
                }
                StreamDescriptor stream = one.stream().streamDescriptor();
                JsonNode cursor = state.get("stream").get("stream_state");
                if (cursor == null || cursor.isNull()) {
                    cursors.remove(stream);
                } else {
                    cursors.put(stream, cursor);
                }
                yield new PerStream(cursors);
            }
            case AirbyteStateMessage.Global _ -> {
                if (this instanceof PerStream(var before) && !before.isEmpty()) {
                    throw otherType("GLOBAL", "STREAM");
                }
                yield new Global((ObjectNode) state.get("global"));
            }
            case AirbyteStateMessage.Legacy legacy -> {
                if (!isEmpty() && !(this instanceof Legacy)) {
                    throw otherType("LEGACY", this instanceof Global ? "GLOBAL" : "STREAM");
                }
                yield new Legacy(legacy.data());
            }
        };
    }

    private static RunnerException otherType(String sent, String stored) {
        return new RunnerException(
                FailureType.CONFIG_ERROR,
                "state.other_type",
                "the source sends %s states, but the stored ones are of type %s".formatted(sent, stored),
                "",
                "a reset is required, for the source to start over: `sluice state reset FILE --all`");
    }

    /// The state without that of some streams, which start over.
    default SyncState without(Set<StreamDescriptor> streams) {
        return switch (this) {
            case PerStream(var cursors) -> {
                TreeMap<StreamDescriptor, JsonNode> rest = new TreeMap<>(cursors);
                rest.keySet().removeAll(streams);
                yield new PerStream(rest);
            }
            case Global(ObjectNode global) -> {
                ObjectNode copy = global.deepCopy();
                if (copy.get("stream_states") instanceof ArrayNode states) {
                    for (int i = states.size() - 1; i >= 0; i--) {
                        if (streams.contains(descriptor(states.get(i)))) {
                            states.remove(i);
                        }
                    }
                    // What all streams share is worth nothing once all start over.
                    yield states.isEmpty() ? EMPTY : new Global(copy);
                }
                yield new Global(copy);
            }
            case Legacy legacy -> legacy; // Opaque: only the source could take a stream out of it.
        };
    }

    /// Every stream there is something stored for; none for a LEGACY state, which does not tell.
    default Set<StreamDescriptor> streams() {
        return switch (this) {
            case PerStream(var cursors) -> cursors.keySet();
            case Global(ObjectNode global) ->
                global.path("stream_states")
                        .valueStream()
                        .map(SyncState::descriptor)
                        .collect(Collectors.toCollection(TreeSet::new));
            case Legacy _ -> Set.of();
        };
    }

    /// Whether there is something to continue from for this stream.
    default boolean has(StreamDescriptor stream) {
        return switch (this) {
            case PerStream(var cursors) -> cursors.containsKey(stream);
            case Global(ObjectNode global) -> {
                for (JsonNode state : global.path("stream_states")) {
                    if (descriptor(state).equals(stream)) {
                        yield true;
                    }
                }
                yield false;
            }
            case Legacy _ -> true;
        };
    }

    static StreamDescriptor descriptor(JsonNode streamState) {
        JsonNode descriptor = streamState.path("stream_descriptor");
        return new StreamDescriptor(
                descriptor.path("name").asText(),
                Optional.ofNullable(descriptor.path("namespace").textValue()));
    }

    static ObjectNode json(StreamDescriptor stream) {
        ObjectNode json = Json.mapper().createObjectNode().put("name", stream.name());
        stream.namespace().ifPresent(namespace -> json.put("namespace", namespace));
        return json;
    }

    /// The document for `--state`: an array of state messages, or the bare blob for a source older than arrays;
    /// empty when there is nothing to continue from, and then the option is left out.
    default Optional<JsonNode> toDocument() {
        if (isEmpty()) {
            return Optional.empty();
        }
        ArrayNode states = Json.mapper().createArrayNode();
        switch (this) {
            case PerStream(var cursors) ->
                cursors.forEach((stream, cursor) -> {
                    ObjectNode state = states.addObject().put("type", "STREAM").putObject("stream");
                    state.set("stream_descriptor", json(stream));
                    state.set("stream_state", cursor);
                });
            case Global(ObjectNode global) ->
                states.addObject().put("type", "GLOBAL").set("global", global);
            case Legacy(JsonNode data) -> {
                return Optional.of(data);
            }
        }
        return Optional.of(states);
    }
}
