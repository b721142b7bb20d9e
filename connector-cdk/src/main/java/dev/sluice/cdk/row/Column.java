package dev.sluice.cdk.row;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import java.util.List;

/// A declared field of a stream.
///
/// @param field the key in `data`, as the source spells it
public record Column(String field, AirbyteType type) {
    /// The columns of a stream, in the order of its schema. A stream that declares none has one: `data`, which
    /// holds the whole record.
    public static List<Column> of(ConfiguredAirbyteStream stream) {
        JsonNode properties = declared(stream);
        if (properties.isEmpty()) {
            return List.of(new Column("data", AirbyteType.OBJECT));
        }
        return properties.properties().stream()
                .map(property -> new Column(property.getKey(), AirbyteType.of(property.getValue())))
                .toList();
    }

    static JsonNode declared(ConfiguredAirbyteStream stream) {
        return stream.stream().jsonSchema().path("properties");
    }
}
