package dev.sluice.cdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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

    synchronized void learn(JsonNode config) {
        Set<String> found = new HashSet<>(values);
        collect(schema, config, found);
        // Longest first: a secret may contain another one.
        values = found.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    String mask(String text) {
        String masked = text;
        for (String value : values) {
            masked = masked.replace(value, "****");
        }
        return masked;
    }

    private static void collect(JsonNode schema, JsonNode config, Set<String> found) {
        if (schema.path("airbyte_secret").asBoolean()) {
            values(config, found);
        }
        for (var property : schema.path("properties").properties()) {
            collect(property.getValue(), config.path(property.getKey()), found);
        }
        for (JsonNode branch : schema.path("oneOf")) {
            collect(branch, config, found);
        }
        if (config.isArray()) {
            for (JsonNode element : config) {
                collect(schema.path("items"), element, found);
            }
        }
    }

    private static void values(JsonNode config, Set<String> found) {
        if (config.isContainerNode()) {
            config.forEach(element -> values(element, found));
        } else if (config.isTextual() || config.isNumber()) {
            String value = config.asText();
            if (value.length() >= MIN_LENGTH) {
                found.add(value);
                // As it stands in a JSON body or a URL that somebody quotes in an error.
                String json = config.toString();
                found.add(config.isTextual() ? json.substring(1, json.length() - 1) : json);
                found.add(URLEncoder.encode(value, UTF_8));
                found.add(URLEncoder.encode(value, UTF_8).replace("+", "%20"));
            }
        }
    }
}
