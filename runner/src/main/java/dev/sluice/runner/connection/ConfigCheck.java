package dev.sluice.runner.connection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

/// Holds a `config` against the connector's own spec, and completes it from the environment where the spec
/// names variables for that (`x-sluice-env`).
final class ConfigCheck {
    /// Names of variables that stand in for a setting; see docs/reference/protocol-extensions.md.
    static final String ENV = "x-sluice-env";

    private final Map<String, String> environment;
    private final YamlTree tree;
    private final String prefix;
    private final Problems problems;
    private final Consumer<String> warnings;
    private final Set<String> reported = new HashSet<>();

    /// Key to the environment variable its value came from.
    private final Map<String, String> variables = new HashMap<>();

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

    /// What a configuration that no user wrote does not have as the spec wants it, without any value of it.
    static List<String> misfits(ObjectNode config, JsonNode spec) {
        Problems problems = new Problems(Place.program(Path.of("")));
        new ConfigCheck(Map.of(), YamlTree.of(config, problems), "config", problems, _ -> {})
                .run(config.deepCopy(), spec);
        return problems.texts();
    }

    /// Completes `config` in place and reports what does not fit.
    void run(ObjectNode config, JsonNode spec) {
        JsonNode schema = choose(spec, config, prefix);
        complete(config, schema, prefix);
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
        for (Error error : validator.validate(config)) {
            report(error, config, schema);
        }
    }

    private void report(Error error, ObjectNode config, JsonNode schema) {
        String pointer = error.getInstanceLocation().toString();
        String key = prefix + dotted(pointer);
        switch (String.valueOf(error.getKeyword())) {
            case "required" -> {
                key += "." + error.getProperty();
                problem(key, missing(schema, pointer, error.getProperty()));
            }
            case "additionalProperties" ->
                problem(key + "." + error.getProperty(), "is not a setting of this connector");
            default -> problem(key, origin(key) + sentence(error, config.at(pointer)));
        }
    }

    /// The first problem of a key tells most.
    private void problem(String key, String text) {
        if (!tree.isUnresolved(key) && reported.add(key)) {
            problems.add(tree.line(key), key, text);
        }
    }

    private String origin(String key) {
        String variable = variables.get(key);
        return variable == null ? "" : "comes from the environment variable " + variable + " and ";
    }

    private static String missing(JsonNode schema, String pointer, String name) {
        JsonNode parent = schema;
        for (String step : pointer.split("/")) {
            parent = step.isEmpty() ? parent : parent.path("properties").path(step);
        }
        JsonNode property = parent.path("properties").path(name);
        List<String> variables = new ArrayList<>();
        property.path(ENV).forEach(variable -> variables.add(variable.asText()));
        String title = property.path("title").asText("");
        return "is missing%s%s"
                .formatted(
                        title.isEmpty() ? "" : " (" + title + ")",
                        variables.isEmpty() ? "" : "; write it here, or set " + String.join(" or ", variables));
    }

    /// The value found is not shown: it may be a secret.
    private static String sentence(Error error, JsonNode value) {
        String message = error.getMessage();
        if (value.isNull()) {
            return "has no value yet";
        }
        return switch (String.valueOf(error.getKeyword())) {
            case "type" ->
                "has the wrong type: %s%s"
                        .formatted(
                                message,
                                value.isValueNode() && message.endsWith("string expected") ? "; put it in quotes" : "");
            case "enum", "const" -> "is not one of the allowed values: " + message.replaceFirst("^.*(\\[.*])$", "$1");
            case "pattern" ->
                "does not have the right form: " + message.replaceFirst("^.*regex pattern ", "it must match ");
            case "oneOf", "anyOf" -> "fits none of the alternatives, or more than one";
            default -> message;
        };
    }

    /// The schema with each choice (`oneOf`) replaced by the alternative that the value has chosen, by a property
    /// whose value is fixed in each of them. Else an error in one alternative would be reported as one in all.
    private JsonNode choose(JsonNode schema, JsonNode value, String key) {
        if (!schema.isObject() || !value.isObject()) {
            return schema;
        }
        ObjectNode chosen = schema.deepCopy();
        if (schema.get("oneOf") instanceof ArrayNode alternatives) {
            Optional<String> name = discriminator(alternatives);
            if (name.isPresent() && value.hasNonNull(name.get())) {
                chosen.remove("oneOf");
                Map<String, JsonNode> byValue = new LinkedHashMap<>();
                alternatives.forEach(alternative ->
                        byValue.put(fixed(alternative, name.get()).orElseThrow().asText(), alternative));
                String wanted = value.get(name.get()).asText();
                if (byValue.containsKey(wanted)) {
                    merge(chosen, byValue.get(wanted));
                } else {
                    problem(
                            key + "." + name.get(),
                            "is not one of the choices" + Problems.suggestion(wanted, byValue.keySet()));
                }
            }
        }
        if (chosen.get("properties") instanceof ObjectNode properties) {
            for (var property : List.copyOf(properties.properties())) {
                properties.set(
                        property.getKey(),
                        choose(property.getValue(), value.path(property.getKey()), key + "." + property.getKey()));
            }
        }
        return chosen;
    }

    /// The property that has one fixed value in each of the alternatives.
    static Optional<String> discriminator(ArrayNode alternatives) {
        List<String> names = new ArrayList<>();
        alternatives.path(0).path("properties").fieldNames().forEachRemaining(names::add);
        return names.stream()
                .filter(name -> StreamSupport.stream(alternatives.spliterator(), false)
                        .allMatch(alternative -> fixed(alternative, name).isPresent()))
                .findFirst();
    }

    static Optional<JsonNode> fixed(JsonNode alternative, String name) {
        JsonNode property = alternative.path("properties").path(name);
        JsonNode value =
                property.path("enum").size() == 1 ? property.path("enum").path(0) : property.path("const");
        return Optional.of(value).filter(JsonNode::isValueNode);
    }

    private static void merge(ObjectNode into, JsonNode alternative) {
        for (var entry : alternative.properties()) {
            switch (entry.getKey()) {
                case "properties" -> into.withObjectProperty("properties").setAll((ObjectNode) entry.getValue());
                case "required" -> into.withArrayProperty("required").addAll((ArrayNode) entry.getValue());
                case "title", "description" -> {}
                default -> into.set(entry.getKey(), entry.getValue());
            }
        }
    }

    /// Fills in what the environment says, and reads as a number or boolean what came as a text from a variable.
    private void complete(ObjectNode config, JsonNode schema, String at) {
        for (var property : schema.path("properties").properties()) {
            String name = property.getKey();
            String key = at + "." + name;
            JsonNode described = property.getValue();
            if (!config.hasNonNull(name)) {
                for (JsonNode variable : described.path(ENV)) {
                    String value = environment.getOrDefault(variable.asText(), "");
                    if (!value.isEmpty()) {
                        config.put(name, value);
                        coerce(config, name, described);
                        variables.put(key, variable.asText());
                        break;
                    }
                }
            } else if (tree.isReference(key)) {
                coerce(config, name, described);
            } else if (config.get(name) instanceof ObjectNode inner) {
                complete(inner, described, key);
            }
        }
    }

    private static void coerce(ObjectNode config, String name, JsonNode described) {
        String text = config.path(name).asText();
        JsonNode type = described.path("type");
        List<String> types = new ArrayList<>();
        type.forEach(one -> types.add(one.asText()));
        types.add(type.asText());
        if (types.contains("string")) {
            return;
        }
        if (types.contains("integer") && text.matches("-?\\d{1,30}")) {
            config.put(name, new BigInteger(text));
        } else if (types.contains("number") && text.matches("-?\\d{1,30}(\\.\\d{1,30})?")) {
            config.put(name, new BigDecimal(text));
        } else if (types.contains("boolean") && (text.equals("true") || text.equals("false"))) {
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
                problem(key, "is not a setting of this connector" + Problems.suggestion(name, known));
            } else if (!name.startsWith("_")
                    && schema.path("additionalProperties").asBoolean(true)) {
                int line = tree.line(key);
                warnings.accept("`%s`%s is not a setting of this connector and goes to it as it is"
                        .formatted(key, line > 0 ? " (line " + line + ")" : ""));
            }
        }
    }

    private static String dotted(String pointer) {
        return pointer.equals("/") ? "" : pointer.replace('/', '.');
    }
}
