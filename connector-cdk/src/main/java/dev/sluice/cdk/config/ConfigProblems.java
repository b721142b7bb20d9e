package dev.sluice.cdk.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Everything that is wrong with a configuration, in the words of its schema; never a value, which may be a
/// secret. A null counts as absent, because that is what forms and YAML files mean by it.
///
/// Written by hand for the few keywords that [ConfigSchema] writes: a validator for all of JSON Schema adds
/// some 360 classes to every start, and says of a wrong choice what is wrong with all the choices that were not
/// made.
final class ConfigProblems {
    private final List<String> found = new ArrayList<>();

    private ConfigProblems() {}

    /// One sentence a setting; empty when the configuration fits.
    static List<String> of(JsonNode config, JsonNode schema) {
        ConfigProblems problems = new ConfigProblems();
        problems.object("", config, schema);
        return problems.found;
    }

    private void object(String path, JsonNode config, JsonNode schema) {
        for (JsonNode name : schema.path("required")) {
            if (!config.hasNonNull(name.textValue())) {
                add(path + name.textValue(), "is missing");
            }
        }
        for (var property : schema.path("properties").properties()) {
            if (config.hasNonNull(property.getKey())) {
                value(path + property.getKey(), config.get(property.getKey()), property.getValue());
            }
        }
    }

    private void value(String path, JsonNode value, JsonNode schema) {
        switch (schema.path("type").asText()) {
            case "object" -> {
                if (!value.isObject()) {
                    add(path, "must be an object");
                } else if (schema.has("oneOf")) {
                    choice(path, value, schema.get("oneOf"));
                } else {
                    object(path + ".", value, schema);
                }
            }
            case "array" -> {
                if (!value.isArray()) {
                    add(path, "must be a list");
                }
                for (int i = 0; i < value.size(); i++) {
                    value(path + "." + i, value.get(i), schema.path("items"));
                }
            }
            case "boolean" -> {
                if (!value.isBoolean()) {
                    add(path, "must be true or false");
                }
            }
            case "integer" -> {
                if (!value.isNumber() || !value.canConvertToExactIntegral()) {
                    add(path, "must be a whole number");
                } else if (schema.has("minimum")
                        && value.longValue() < schema.get("minimum").longValue()) {
                    add(path, "must be at least " + schema.get("minimum"));
                } else if (schema.has("maximum")
                        && value.longValue() > schema.get("maximum").longValue()) {
                    add(path, "must be at most " + schema.get("maximum"));
                }
            }
            case "string" -> {
                if (!value.isTextual()) {
                    add(path, "must be a text");
                } else {
                    text(path, value.textValue(), schema);
                }
            }
            default -> throw new AssertionError("a setting of the type " + schema.path("type"));
        }
    }

    private void text(String path, String text, JsonNode schema) {
        if (schema.has("enum") && !texts(schema.get("enum")).contains(text)) {
            add(path, "must be one of " + String.join(", ", texts(schema.get("enum"))));
        } else if (schema.has("pattern")
                && !Pattern.compile(schema.get("pattern").textValue())
                        .matcher(text)
                        .find()) {
            String pattern = "must match `%s`".formatted(schema.get("pattern").textValue());
            String meaning = schema.path("pattern_descriptor").asText();
            add(path, meaning.isEmpty() ? pattern : "must be %s (it %s)".formatted(meaning, pattern));
        } else {
            moment(path, text, schema.path("format").asText());
        }
    }

    private void moment(String path, String text, String format) {
        try {
            switch (format) {
                case "date" -> LocalDate.parse(text);
                case "date-time" -> OffsetDateTime.parse(text);
                default -> {} // For forms only.
            }
        } catch (DateTimeException e) {
            String example = format.equals("date") ? "2026-01-31" : "2026-01-31T00:00:00Z";
            add(path, "must be a %s like %s".formatted(format, example));
        }
    }

    private void choice(String path, JsonNode value, JsonNode choices) {
        String discriminator = ConfigSchema.discriminator(choices.get(0));
        List<String> names = new ArrayList<>();
        for (JsonNode choice : choices) {
            if (ConfigSchema.isChosen(value, choice)) {
                object(path + ".", value, choice);
                return;
            }
            names.add(choice.at("/properties/%s/const".formatted(discriminator)).asText());
        }
        add(path + "." + discriminator, "must be one of " + String.join(", ", names));
    }

    private void add(String path, String problem) {
        found.add("`%s` %s".formatted(path, problem));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }
}
