package dev.sluice.protocol.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.AirbyteControlMessage;
import dev.sluice.protocol.AirbyteLogMessage;
import dev.sluice.protocol.AirbyteMessage;
import dev.sluice.protocol.AirbyteRecordMessage;
import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.AirbyteTraceMessage;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.DestinationCatalog;
import java.util.ArrayList;
import java.util.List;

/// Messages as JSON values, and back: which property of the envelope goes with which type.
public final class Messages {
    private Messages() {}

    /// @throws UnknownMessageException when it is a type newer than this program, or lacks what it needs
    public static AirbyteMessage fromJson(ObjectNode json) throws UnknownMessageException {
        String type = json.path("type").asText("");
        return switch (type) {
            case "RECORD" -> value(json, "record", AirbyteRecordMessage.class);
            case "STATE" -> stateFromJson(payload(json, "state"));
            case "LOG" -> value(json, "log", AirbyteLogMessage.class);
            case "SPEC" -> value(json, "spec", ConnectorSpecification.class);
            case "CONNECTION_STATUS" -> value(json, "connectionStatus", AirbyteConnectionStatus.class);
            case "CATALOG" -> value(json, "catalog", AirbyteCatalog.class);
            case "TRACE" -> traceFromJson(payload(json, "trace"));
            case "CONTROL" -> controlFromJson(payload(json, "control"));
            case "DESTINATION_CATALOG" -> value(json, "destination_catalog", DestinationCatalog.class);
            case "" -> throw new UnknownMessageException("is JSON without a message type");
            default -> throw new UnknownMessageException("is a message of the unknown type '%s'".formatted(type));
        };
    }

    public static ObjectNode toJson(AirbyteMessage message) {
        return switch (message) {
            case AirbyteRecordMessage record -> envelope("RECORD", "record", tree(record));
            case AirbyteStateMessage state -> envelope("STATE", "state", toJson(state));
            case AirbyteLogMessage log -> envelope("LOG", "log", tree(log));
            case ConnectorSpecification spec -> envelope("SPEC", "spec", tree(spec));
            case AirbyteConnectionStatus status -> envelope("CONNECTION_STATUS", "connectionStatus", tree(status));
            case AirbyteCatalog catalog -> envelope("CATALOG", "catalog", tree(catalog));
            case AirbyteTraceMessage trace -> envelope("TRACE", "trace", traceToJson(trace));
            case AirbyteControlMessage control -> envelope("CONTROL", "control", controlToJson(control));
            case DestinationCatalog catalog -> envelope("DESTINATION_CATALOG", "destination_catalog", tree(catalog));
        };
    }

    /// A state as it stands in a state file: without the envelope.
    public static ObjectNode toJson(AirbyteStateMessage state) {
        return typed(state.type().name(), tree(state));
    }

    /// A state without a type is a legacy one, unless it holds what only the others have.
    public static AirbyteStateMessage stateFromJson(JsonNode json) throws UnknownMessageException {
        String type = json.path("type").asText("");
        if (type.isEmpty()) {
            type = json.has("stream") ? "STREAM" : json.has("global") ? "GLOBAL" : "LEGACY";
        }
        return switch (type) {
            case "STREAM" -> convert(json, AirbyteStateMessage.Stream.class);
            case "GLOBAL" -> convert(json, AirbyteStateMessage.Global.class);
            case "LEGACY" -> convert(json, AirbyteStateMessage.Legacy.class);
            default -> throw new UnknownMessageException("is a state of the unknown type '%s'".formatted(type));
        };
    }

    /// What `--state` names: an array of states, or the bare blob of a source older than arrays.
    ///
    /// @throws UnknownMessageException when an element of the array is not a state
    public static List<AirbyteStateMessage> statesFromJson(JsonNode document) throws UnknownMessageException {
        List<AirbyteStateMessage> states = new ArrayList<>();
        if (document.isArray()) {
            for (JsonNode element : document) {
                states.add(stateFromJson(element));
            }
        } else if (document.isObject() && !document.isEmpty()) {
            states.add(new AirbyteStateMessage.Legacy(document, null, null));
        }
        return states;
    }

    private static AirbyteTraceMessage traceFromJson(JsonNode json) throws UnknownMessageException {
        String type = json.path("type").asText("");
        return switch (type) {
            case "ERROR" -> convert(json, AirbyteTraceMessage.Error.class);
            case "ESTIMATE" -> convert(json, AirbyteTraceMessage.Estimate.class);
            case "STREAM_STATUS" -> convert(json, AirbyteTraceMessage.StreamStatus.class);
            case "ANALYTICS" -> convert(json, AirbyteTraceMessage.Analytics.class);
            default -> throw new UnknownMessageException("is a trace of the unknown type '%s'".formatted(type));
        };
    }

    private static ObjectNode traceToJson(AirbyteTraceMessage trace) {
        String type = switch (trace) {
            case AirbyteTraceMessage.Error _ -> "ERROR";
            case AirbyteTraceMessage.Estimate _ -> "ESTIMATE";
            case AirbyteTraceMessage.StreamStatus _ -> "STREAM_STATUS";
            case AirbyteTraceMessage.Analytics _ -> "ANALYTICS";
        };
        return typed(type, tree(trace));
    }

    private static AirbyteControlMessage controlFromJson(JsonNode json) throws UnknownMessageException {
        String type = json.path("type").asText("");
        if (!type.equals("CONNECTOR_CONFIG")) {
            throw new UnknownMessageException("is a control message of the unknown type '%s'".formatted(type));
        }
        if (!(json.path("connectorConfig").path("config") instanceof ObjectNode config)) {
            throw new UnknownMessageException("is a control message without a configuration");
        }
        return new AirbyteControlMessage(
                json.path("emitted_at").isNumber() ? json.path("emitted_at").decimalValue() : null, config);
    }

    private static ObjectNode controlToJson(AirbyteControlMessage control) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("type", "CONNECTOR_CONFIG");
        json.put("emitted_at", control.emittedAt());
        json.putObject("connectorConfig").set("config", control.config());
        return json;
    }

    private static ObjectNode envelope(String type, String property, ObjectNode payload) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("type", type);
        json.set(property, payload);
        return json;
    }

    private static ObjectNode typed(String type, ObjectNode rest) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("type", type);
        json.setAll(rest);
        return json;
    }

    private static ObjectNode tree(Object value) {
        return Json.mapper().valueToTree(value);
    }

    private static JsonNode payload(ObjectNode json, String property) throws UnknownMessageException {
        JsonNode payload = json.path(property);
        if (!payload.isObject()) {
            throw new UnknownMessageException("is a message without its '%s'".formatted(property));
        }
        return payload;
    }

    private static <T> T value(ObjectNode json, String property, Class<T> type) throws UnknownMessageException {
        return convert(payload(json, property), type);
    }

    private static <T> T convert(JsonNode json, Class<T> type) throws UnknownMessageException {
        try {
            return Json.mapper().treeToValue(json, type);
        } catch (JacksonException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String detail = cause instanceof JacksonException j ? j.getOriginalMessage() : cause.getMessage();
            throw new UnknownMessageException("is not a valid message: " + detail);
        }
    }
}
