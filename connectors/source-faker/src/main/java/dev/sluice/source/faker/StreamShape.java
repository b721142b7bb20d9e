package dev.sluice.source.faker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.json.Json;
import java.util.List;

/// A stream as `discover` shows it, column by column.
final class StreamShape {
    private final ObjectNode schema = Json.mapper().createObjectNode();
    private final ObjectNode properties;

    StreamShape() {
        schema.put("$schema", "http://json-schema.org/draft-07/schema#");
        schema.put("type", "object");
        properties = schema.putObject("properties");
    }

    StreamShape column(String name, String type) {
        properties.putObject(name).put("type", type);
        return this;
    }

    StreamShape texts(String... names) {
        for (String name : names) {
            column(name, "string");
        }
        return this;
    }

    StreamShape time(String name) {
        properties.putObject(name).put("type", "string");
        return timestamp(name);
    }

    StreamShape timeOrNull(String name) {
        properties.putObject(name).putArray("type").add("null").add("string");
        return timestamp(name);
    }

    StreamShape object(String name, String... texts) {
        ObjectNode nested = properties.putObject(name).put("type", "object").putObject("properties");
        for (String text : texts) {
            nested.putObject(text).put("type", "string");
        }
        return this;
    }

    AirbyteStream stream(String name) {
        return AirbyteStream.incremental(name, schema, "updated_at", List.of(List.of("id")));
    }

    private StreamShape timestamp(String name) {
        properties.withObject("/" + name).put("format", "date-time").put("airbyte_type", "timestamp_with_timezone");
        return this;
    }
}
