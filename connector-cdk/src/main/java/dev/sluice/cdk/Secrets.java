package dev.sluice.cdk;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// The values of the settings marked `airbyte_secret`, to keep them out of every text (invariant 6).
final class Secrets {
    /// Shorter values would blank out ordinary words.
    private static final int MIN_LENGTH = 4;

    private final JsonNode schema;
    private volatile List<String> values = List.of();

    /// @param schema the connector's own; its `airbyte_secret` marks say which settings are secret
    Secrets(JsonNode schema) {
        this.schema = schema;
    }

    void learn(JsonNode config) {
        List<String> found = new ArrayList<>(values);
        collect(schema, config, found);
        // Longest first: a secret may contain another one.
        found.sort((a, b) -> b.length() - a.length());
        values = List.copyOf(found);
    }

    String mask(String text) {
        String masked = text;
        for (String value : values) {
            masked = masked.replace(value, "****");
        }
        return masked;
    }

    private static void collect(JsonNode schema, JsonNode config, List<String> found) {
        if (schema.path("airbyte_secret").asBoolean() && config.isValueNode()) {
            String value = config.asText();
            if (value.length() >= MIN_LENGTH) {
                found.add(value);
            }
        }
        for (var property : schema.path("properties").properties()) {
            collect(property.getValue(), config.path(property.getKey()), found);
        }
        for (JsonNode branch : schema.path("oneOf")) {
            collect(branch, config, found);
        }
        for (JsonNode element : config.isArray() ? config : schema.path("none")) {
            collect(schema.path("items"), element, found);
        }
    }
}
