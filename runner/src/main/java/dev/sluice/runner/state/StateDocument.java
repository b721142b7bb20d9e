package dev.sluice.runner.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// A state as a user hands it in: what [SyncState#toDocument] makes, also inside the envelope of `--json` or as
/// whole STATE messages.
///
/// @param json the document
/// @param name of the file it came from, for errors
public record StateDocument(JsonNode json, String name) {
    public StateDocument {
        if (json.isObject() && json.has("ok") && json.has("result")) {
            json = json.get("result");
        }
        if (json.isObject() && isStateMessage(json)) {
            json = Json.mapper().createArrayNode().add(json);
        }
    }

    /// The state it holds, in place of what is stored.
    ///
    /// @throws RunnerException when it is no state, or one piece where states of streams are stored: that is more
    ///     likely the wrong file
    public SyncState replace(SyncState stored) {
        SyncState state = state();
        if (state instanceof SyncState.Legacy && !stored.isEmpty() && !(stored instanceof SyncState.Legacy)) {
            throw invalid("is not a list of states, which is what is stored now");
        }
        return state;
    }

    /// What is stored, with one stream's state from here.
    ///
    /// @throws RunnerException when it holds none of that stream, or what is stored is not kept by stream
    ///
    /// @param name as a person writes it, `orders` or `public.orders`
    public SyncState setStream(SyncState stored, String name) {
        Set<StreamDescriptor> known = new TreeSet<>(stored.streams());
        if (json.isArray()) {
            known.addAll(state().streams());
        }
        StreamDescriptor stream = known.stream()
                .filter(one -> one.toString().equals(name))
                .findFirst()
                .orElseGet(() -> new StreamDescriptor(name));
        JsonNode cursor = cursor(stream);
        return switch (stored) {
            case SyncState.PerStream(var cursors) -> {
                TreeMap<StreamDescriptor, JsonNode> changed = new TreeMap<>(cursors);
                changed.put(stream, cursor);
                yield new SyncState.PerStream(changed);
            }
            case SyncState.Global(ObjectNode global) -> {
                ObjectNode changed = global.deepCopy();
                ArrayNode states = changed.withArrayProperty("stream_states");
                ObjectNode entry = states.valueStream()
                        .filter(state -> SyncState.descriptor(state).equals(stream))
                        .map(ObjectNode.class::cast)
                        .findFirst()
                        .orElseGet(() -> {
                            ObjectNode added = states.addObject();
                            added.set("stream_descriptor", SyncState.json(stream));
                            return added;
                        });
                entry.set("stream_state", cursor);
                yield new SyncState.Global(changed);
            }
            case SyncState.Legacy _ ->
                throw new RunnerException(
                        FailureType.CONFIG_ERROR,
                        "state.not_per_stream",
                        "the stored state is one piece that only the source understands: no stream can be set in it",
                        stream.toString(),
                        "set all of it, without --stream");
        };
    }

    /// The stream's part of a whole state, or the document itself when it is none.
    private JsonNode cursor(StreamDescriptor stream) {
        if (!json.isArray()) {
            return json;
        }
        Iterable<JsonNode> states = switch (state()) {
            case SyncState.PerStream(var cursors) -> {
                JsonNode cursor = cursors.get(stream);
                if (cursor == null) {
                    throw invalid("holds no state of the stream '%s'".formatted(stream));
                }
                yield List.of(Json.mapper()
                        .createObjectNode()
                        .<ObjectNode>set("stream_descriptor", SyncState.json(stream))
                        .set("stream_state", cursor));
            }
            case SyncState.Global(ObjectNode global) -> global.path("stream_states");
            case SyncState.Legacy _ -> List.of();
        };
        for (JsonNode state : states) {
            if (SyncState.descriptor(state).equals(stream)) {
                return state.path("stream_state");
            }
        }
        throw invalid("holds no state of the stream '%s'".formatted(stream));
    }

    private SyncState state() {
        if (!json.isArray()) {
            if (!json.isObject()) {
                throw invalid("is neither a list of states nor an object");
            }
            return new SyncState.Legacy(json);
        }
        TreeMap<StreamDescriptor, JsonNode> cursors = new TreeMap<>();
        List<SyncState> others = new ArrayList<>();
        int number = 0;
        for (JsonNode element : json) {
            number++;
            JsonNode state = element.has("state") ? element.get("state") : element;
            switch (state.path("type").asText(state.has("stream") ? "STREAM" : "")) {
                case "STREAM" -> {
                    JsonNode named =
                            state.path("stream").path("stream_descriptor").path("name");
                    if (!named.isTextual()) {
                        throw invalid(
                                "does not say of which stream state %d is: `stream.stream_descriptor.name` is missing"
                                        .formatted(number));
                    }
                    JsonNode cursor = state.path("stream").path("stream_state");
                    StreamDescriptor stream = SyncState.descriptor(state.path("stream"));
                    if (cursor.isMissingNode() || cursor.isNull()) {
                        continue; // As in a message: nothing to continue from.
                    }
                    if (cursors.put(stream, cursor) != null) {
                        throw invalid("holds two states of the stream '%s'".formatted(stream));
                    }
                }
                case "GLOBAL" -> {
                    if (!(state.get("global") instanceof ObjectNode global)) {
                        throw invalid("has a GLOBAL state without `global`");
                    }
                    others.add(new SyncState.Global(global));
                }
                case "LEGACY" -> others.add(new SyncState.Legacy(state.path("data")));
                default ->
                    throw invalid("is a list whose element %d is no state: `type` must be STREAM, GLOBAL or LEGACY"
                            .formatted(number));
            }
        }
        if (others.size() > 1 || !others.isEmpty() && !cursors.isEmpty()) {
            throw invalid("mixes states that cannot stand together: one for all streams and another");
        }
        return others.isEmpty() ? new SyncState.PerStream(cursors) : others.getFirst();
    }

    private static boolean isStateMessage(JsonNode json) {
        String type = json.path("type").asText();
        return type.equals("STATE") && json.path("state").isObject()
                || type.equals("STREAM") && json.path("stream").isObject()
                || type.equals("GLOBAL") && json.path("global").isObject();
    }

    private RunnerException invalid(String predicate) {
        return new RunnerException(
                FailureType.CONFIG_ERROR,
                "state.invalid",
                "%s %s".formatted(name, predicate),
                "",
                "write it as `sluice state show` prints it");
    }
}
