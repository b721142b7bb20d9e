package dev.sluice.runner.connection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.sluice.protocol.json.Json;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Holds a `config` against the connector's own spec, and completes it from the environment where the spec
/// names variables for that (`x-sluice-env`).
final class ConfigCheck {
    private final Map<String, String> environment;
    private final YamlTree tree;
    private final String prefix;
    private final Problems problems;
    private final Consumer<String> warnings;

    /// @param prefix of the keys, `source.config` or `destination.config`
    ConfigCheck(
            Map<String, String> environment,
            YamlTree tree,
            String prefix,
            Problems problems,
            Consumer<String> warnings) {
        this.environment = environment;
        this.tree = tree;
        this.prefix = prefix;
        this.problems = problems;
        this.warnings = warnings;
    }

    /// Completes `config` in place and reports what does not fit.
    void run(ObjectNode config, JsonNode schema) {
        fill(config, schema);
        unknownKeys(config, schema, prefix);
        Schema validator;
        try {
            validator = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                    .getSchema(schema);
        } catch (RuntimeException e) {
            warnings.accept("the spec's schema for `%s` is not valid, so it is not checked: %s"
                    .formatted(prefix, e.getMessage()));
            return;
        }
        Set<String> reported = new HashSet<>();
        List<com.networknt.schema.Error> errors = new ArrayList<>(validator.validate(config));
        for (com.networknt.schema.Error error : errors) {
            String pointer = error.getInstanceLocation().toString();
            String key = prefix + dotted(pointer);
            String keyword = String.valueOf(error.getKeyword());
            if (keyword.equals("required")) {
                String missing = String.valueOf(error.getProperty());
                String missingKey = key + "." + missing;
                if (reported.add(missingKey)) {
                    problems.add(tree.line(key), missingKey, missing(schema, pointer, missing));
                }
            } else if (reported.add(key)) {
                problems.add(tree.line(key), key, sentence(error, keyword, config.at(pointer)));
            }
        }
    }

    private String missing(JsonNode schema, String pointer, String name) {
        JsonNode property = pointer.isEmpty() || pointer.equals("/")
                ? schema.path("properties").path(name)
                : Json.mapper().missingNode();
        List<String> variables = new ArrayList<>();
        property.path("x-sluice-env").forEach(variable -> variables.add(variable.asText()));
        String title = property.path("title").asText("");
        return "is missing%s%s"
                .formatted(
                        title.isEmpty() ? "" : " (" + title + ")",
                        variables.isEmpty() ? "" : "; write it here, or set " + String.join(" or ", variables));
    }

    /// The value found is not shown: it may be a secret.
    private static String sentence(com.networknt.schema.Error error, String keyword, JsonNode value) {
        String message = error.getMessage();
        return switch (keyword) {
            case "type" -> "has the wrong type: " + message;
            case "enum", "const" -> "is not one of the allowed values: " + message.replaceFirst("^.*(\\[.*])$", "$1");
            case "pattern" ->
                "does not have the right form: " + message.replaceFirst("^.*regex pattern ", "it must match ");
            case "oneOf" -> "fits none of the alternatives, or more than one";
            default -> message;
        };
    }

    private void fill(ObjectNode config, JsonNode schema) {
        for (var property : schema.path("properties").properties()) {
            String name = property.getKey();
            JsonNode described = property.getValue();
            if (!config.hasNonNull(name)) {
                for (JsonNode variable : described.path("x-sluice-env")) {
                    String value = environment.get(variable.asText());
                    if (value != null && !value.isEmpty()) {
                        config.put(name, value);
                        coerce(config, name, described);
                        break;
                    }
                }
            } else if (tree.isReference(prefix + "." + name)) {
                coerce(config, name, described);
            }
        }
    }

    /// A variable is always text; the setting may want a number.
    private static void coerce(ObjectNode config, String name, JsonNode described) {
        String text = config.path(name).asText();
        String type = described.path("type").asText();
        if (type.equals("integer") && text.matches("-?\\d{1,30}")) {
            config.put(name, new BigInteger(text));
        } else if (type.equals("boolean") && (text.equals("true") || text.equals("false"))) {
            config.put(name, text.equals("true"));
        }
    }

    /// A key the spec does not know is a typing error when it is close to one it knows; else it may be meant
    /// for a version that knows it, and is only mentioned.
    private void unknownKeys(JsonNode config, JsonNode schema, String at) {
        JsonNode properties = schema.path("properties");
        if (!properties.isObject() || properties.isEmpty()) {
            return;
        }
        List<String> known = new ArrayList<>();
        properties.fieldNames().forEachRemaining(known::add);
        for (var entry : config.properties()) {
            String name = entry.getKey();
            String key = at + "." + name;
            if (properties.has(name)) {
                if (entry.getValue().isObject() && !properties.path(name).has("oneOf")) {
                    unknownKeys(entry.getValue(), properties.path(name), key);
                }
            } else if (known.stream().anyMatch(k -> !config.has(k) && Problems.isNear(name, k))) {
                problems.add(
                        tree.line(key), key, "is not a setting of this connector" + Problems.suggestion(name, known));
            } else if (!name.startsWith("_")) {
                warnings.accept("`%s` (line %d) is not a setting of this connector and goes to it as it is"
                        .formatted(key, tree.line(key)));
            }
        }
    }

    private static String dotted(String pointer) {
        return pointer.equals("/") ? "" : pointer.replace('/', '.');
    }
}
