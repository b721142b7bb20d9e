package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.sluice.protocol.json.Json;
import java.nio.file.Path;
import java.time.temporal.Temporal;

/// Java values as the tree a connection file is parsed into.
final class Values {
    /// A path is what it says, not the URI that Jackson makes of it; a time is as ISO 8601 writes it.
    private static final ObjectMapper MAPPER = Json.mapper()
            .copy()
            .registerModule(new SimpleModule()
                    .addSerializer(Path.class, ToStringSerializer.instance)
                    .addSerializer(Temporal.class, ToStringSerializer.instance));

    private Values() {}

    /// @throws IllegalArgumentException for a value that JSON cannot say
    static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }
}
