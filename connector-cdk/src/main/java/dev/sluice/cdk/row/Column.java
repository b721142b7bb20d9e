package dev.sluice.cdk.row;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import java.util.List;

/// A declared field of a stream.
///
/// @param field the key in `data`, as the source spells it
public record Column(String field, AirbyteType type) {
    /// The columns of a stream, in the order of its schema.
    public static List<Column> of(ConfiguredAirbyteStream stream) {
        JsonNode properties = stream.stream().jsonSchema().path("properties");
        return properties.properties().stream()
                .map(property -> new Column(property.getKey(), AirbyteType.of(property.getValue())))
                .toList();
    }
}
