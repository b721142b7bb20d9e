package dev.sluice.runner;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Keeps secrets out of everything that is shown or written (invariant 6): the values that a spec marks as
/// secret, also as they look inside JSON and in a URL.
public final class SecretMask {
    private static final String MASK = "****";

    /// Shorter values would blank out ordinary words.
    private static final int MIN_LENGTH = 4;

    private final Set<String> found = new LinkedHashSet<>();
    private volatile List<String> values = List.of();

    /// Learns the secrets of one configuration.
    public synchronized void learn(JsonNode config, JsonNode schema) {
        collect(config, schema);
        values = found.stream()
                .sorted(Comparator.comparingInt(String::length).reversed()) // A secret may contain another one.
                .toList();
    }

    public String apply(String text) {
        String masked = text;
        for (String value : values) {
            masked = masked.replace(value, MASK);
        }
        return masked;
    }

    private void collect(JsonNode config, JsonNode schema) {
        if (schema.path("airbyte_secret").asBoolean()) {
            leaves(config);
        }
        for (var property : schema.path("properties").properties()) {
            collect(config.path(property.getKey()), property.getValue());
        }
        for (String alternatives : List.of("oneOf", "anyOf", "allOf")) {
            for (JsonNode branch : schema.path(alternatives)) {
                collect(config, branch);
            }
        }
        if (config.isArray()) {
            config.forEach(element -> collect(element, schema.path("items")));
        }
    }

    private void leaves(JsonNode value) {
        if (value.isContainerNode()) {
            value.forEach(this::leaves);
        } else if ((value.isTextual() || value.isNumber()) && value.asText().length() >= MIN_LENGTH) {
            String secret = value.asText();
            found.add(secret);
            found.add(new String(JsonStringEncoder.getInstance().quoteAsString(secret)));
            found.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
            found.add(URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20"));
            // A private key is printed line by line.
            secret.lines().filter(line -> line.length() >= 16).forEach(found::add);
        }
    }
}
