package dev.sluice.source.commcare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.json.Json;
import java.util.List;

/// A stream as `discover` shows it, column by column.
final class Columns {
    private final ObjectNode schema = Json.mapper().createObjectNode();
    private final ObjectNode properties;

    /// The two that every format has.
    Columns() {
        schema.put("$schema", "http://json-schema.org/draft-07/schema#");
        schema.put("type", "object");
        properties = schema.putObject("properties");
        properties.putObject("id").put("type", "string");
        properties
                .putObject("indexed_on")
                .put("type", "string")
                .put("format", "date-time")
                .put("airbyte_type", "timestamp_with_timezone");
        schema.put("additionalProperties", true);
    }

    Columns texts(Iterable<String> names) {
        names.forEach(name -> add("string", name));
        return this;
    }

    Columns texts(String... names) {
        return texts(List.of(names));
    }

    Columns booleans(String... names) {
        List.of(names).forEach(name -> add("boolean", name));
        return this;
    }

    Columns objects(String... names) {
        List.of(names).forEach(name -> add("object", name));
        return this;
    }

    Columns list(String name) {
        add("array", name);
        return this;
    }

    AirbyteStream stream(String name) {
        return AirbyteStream.incremental(name, schema, "indexed_on", List.of(List.of("id")));
    }

    /// The first to name a column says what it is.
    private void add(String type, String name) {
        if (!properties.has(name)) {
            properties.putObject(name).putArray("type").add("null").add(type);
        }
    }
}
