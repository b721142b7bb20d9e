package dev.sluice.runner.connection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Writes the settings of one connector as YAML: for each whether it is REQUIRED, OPTIONAL or SECRET, what it means,
/// its default, its choices. Whatever need not be set is behind a `#`, so that taking that away sets it.
final class SettingsTemplate {
    private static final int WIDTH = 100;

    /// Deeper, a schema that contains itself is assumed.
    private static final int MAX_DEPTH = 8;

    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

    private final StringBuilder out;
    private final JsonNode root;
    private final String variablePrefix;
    private final List<String> toFill = new ArrayList<>();
    private final List<String> variables = new ArrayList<>();

    /// Where the lines being written have a `#`: one for each thing around them that need not be set.
    private final List<Integer> hashes = new ArrayList<>();

    private int depth;

    SettingsTemplate(StringBuilder out, JsonNode root, String variablePrefix) {
        this.out = out;
        this.root = root;
        this.variablePrefix = variablePrefix;
    }

    void write(int indent) {
        object(root, indent, "", "");
    }

    /// Keys of required settings without a value.
    List<String> toFill() {
        return toFill;
    }

    List<String> variables() {
        return variables;
    }

    /// @param except a property that is written already
    private void object(JsonNode unresolved, int indent, String path, String except) {
        JsonNode schema = resolve(unresolved);
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        record Named(String name, JsonNode schema) {}
        List<Named> settings = schema.path("properties").properties().stream()
                .map(property -> new Named(property.getKey(), resolve(property.getValue())))
                .filter(setting -> !setting.name().equals(except))
                .filter(setting -> !setting.schema().path("airbyte_hidden").asBoolean())
                .sorted(Comparator.comparing((Named setting) -> !required.contains(setting.name()))
                        .thenComparing(setting -> setting.schema().path("order").asInt(Integer.MAX_VALUE)))
                .toList();
        boolean first = true;
        for (Named setting : settings) {
            if (!first && depth == 0) {
                out.append('\n');
            }
            first = false;
            setting(setting.name(), setting.schema(), required.contains(setting.name()), indent, path);
        }
        choice(schema).ifPresent(alternatives -> alternatives(schema, alternatives, indent, path));
    }

    private void setting(String name, JsonNode schema, boolean required, int indent, String parent) {
        String path = parent.isEmpty() ? name : parent + "." + name;
        label(name, schema, required, indent);
        String key = (PLAIN_KEY.matcher(name).matches() ? name : "\"" + name + "\"") + ":";
        boolean nested = depth < MAX_DEPTH
                && (choice(schema).isPresent()
                        || schema.path("properties").size() > 0
                        || resolve(schema.path("items")).path("properties").size() > 0);
        if (!required) {
            hashes.add(indent);
        }
        depth++;
        if (!nested) {
            String value = value(schema, required, path);
            line(indent, value.isEmpty() ? key : key + " " + value);
        } else if (isA(schema, "array")) {
            line(indent, key);
            line(indent + 2, "-");
            object(schema.path("items"), indent + 4, path, "");
        } else {
            line(indent, key);
            object(schema, indent + 2, path, "");
        }
        depth--;
        if (!required) {
            hashes.removeLast();
        }
    }

    private void label(String name, JsonNode schema, boolean required, int indent) {
        String kind = (required ? "REQUIRED" : "OPTIONAL")
                + (schema.path("airbyte_secret").asBoolean() ? ", SECRET" : "");
        List<String> facts = facts(schema);
        comment(
                indent,
                "%s: %s%s"
                        .formatted(
                                kind,
                                plain(schema.path("title").asText(name)),
                                facts.isEmpty() ? "" : " (" + String.join("; ", facts) + ")"));
        comment(indent, plain(schema.path("description").asText("")));
        List<String> examples = texts(schema.path("examples"));
        if (!examples.isEmpty()) {
            comment(indent, "For example: " + String.join(", ", examples));
        }
        List<String> stand = texts(schema.path(ConfigCheck.ENV));
        if (!stand.isEmpty()) {
            comment(indent, "When it is left out, it comes from %s.".formatted(String.join(" or ", stand)));
        }
    }

    private List<String> facts(JsonNode schema) {
        List<String> facts = new ArrayList<>();
        List<String> allowed = texts(schema.path("enum"));
        if (!allowed.isEmpty()) {
            facts.add("one of " + String.join(", ", allowed));
        } else if (choice(schema).isPresent()) {
            facts.add("a choice");
        } else {
            type(schema).ifPresent(facts::add);
        }
        String least = schema.path("minimum").asText("");
        String most = schema.path("maximum").asText("");
        if (!least.isEmpty() || !most.isEmpty()) {
            facts.add(
                    most.isEmpty()
                            ? least + " or more"
                            : least.isEmpty() ? "at most " + most : "from %s to %s".formatted(least, most));
        }
        if (schema.path("pattern_descriptor").isTextual()) {
            facts.add("written as " + schema.path("pattern_descriptor").asText());
        }
        JsonNode byDefault = schema.path("default");
        if (byDefault.isValueNode() && !byDefault.isNull()) {
            facts.add("default " + (byDefault.asText().isEmpty() ? "empty" : byDefault.asText()));
        }
        return facts;
    }

    private static Optional<String> type(JsonNode schema) {
        if (schema.path("format").asText().equals("date")) {
            return Optional.of("a date");
        }
        if (schema.path("format").asText().equals("date-time")) {
            return Optional.of("a moment like 2026-01-31T00:00:00Z");
        }
        if (isA(schema, "integer")) {
            return Optional.of("a whole number");
        }
        if (isA(schema, "number")) {
            return Optional.of("a number");
        }
        if (isA(schema, "boolean")) {
            return Optional.of("true or false");
        }
        return isA(schema, "array") ? Optional.of("a list") : Optional.empty();
    }

    private static boolean isA(JsonNode schema, String type) {
        JsonNode types = schema.path("type");
        return types.asText().equals(type)
                || types.valueStream().anyMatch(one -> one.asText().equals(type));
    }

    /// What stands behind the key; empty when only the user knows.
    private String value(JsonNode schema, boolean required, String path) {
        boolean set = hashes.isEmpty();
        JsonNode stand = schema.path(ConfigCheck.ENV).path(0);
        if (schema.path("airbyte_secret").asBoolean() || required && stand.isTextual()) {
            String variable = stand.isTextual()
                    ? stand.asText()
                    : variablePrefix + "_"
                            + path.substring(path.lastIndexOf('.') + 1)
                                    .replaceAll("[^A-Za-z0-9]+", "_")
                                    .toUpperCase(Locale.ROOT);
            if (set) {
                variables.add(variable);
            }
            return "\"${" + variable + "}\"";
        }
        JsonNode given = Stream.of(schema.path("const"), schema.path("default"))
                .filter(node -> !node.isMissingNode() && !node.isNull())
                .findFirst()
                .orElse(MissingNode.getInstance());
        if (given.isMissingNode() && required) {
            if (set) {
                toFill.add(path);
            }
            return "";
        }
        if (given.isMissingNode()) {
            given = schema.path("enum").path(0).isMissingNode()
                    ? schema.path("examples").path(0)
                    : schema.path("enum").path(0);
        }
        if (!given.isMissingNode() && !(given.isTextual() && isA(schema, "integer"))) {
            return given.toString().replace("${", "$${");
        }
        if (given.isTextual()) {
            return given.asText(); // An example of a number, written as a text.
        }
        return isA(schema, "array")
                ? "[]"
                : isA(schema, "object") ? "{}" : isA(schema, "boolean") ? "false" : isA(schema, "string") ? "\"\"" : "";
    }

    private static Optional<ArrayNode> choice(JsonNode schema) {
        return Stream.of("oneOf", "anyOf")
                .map(schema::get)
                .filter(ArrayNode.class::isInstance)
                .map(ArrayNode.class::cast)
                .filter(alternatives -> alternatives
                        .valueStream()
                        .anyMatch(one -> one.path("properties").size() > 0))
                .findFirst();
    }

    /// One of them is set: the default, else the first.
    private void alternatives(JsonNode schema, ArrayNode unresolved, int indent, String path) {
        ArrayNode alternatives = unresolved.arrayNode();
        unresolved.forEach(one -> alternatives.add(resolve(one)));
        Optional<String> discriminator = ConfigCheck.discriminator(alternatives);
        String wanted = discriminator
                .map(name -> schema.path("default").isObject()
                        ? schema.path("default").path(name).asText("")
                        : schema.path("default").asText(""))
                .orElse("");
        int chosen = 0;
        for (int i = 0; i < alternatives.size(); i++) {
            JsonNode one = alternatives.get(i);
            if (discriminator
                    .flatMap(name -> ConfigCheck.fixed(one, name))
                    .filter(value -> value.asText().equals(wanted))
                    .isPresent()) {
                chosen = i;
            }
        }
        for (int i = 0; i < alternatives.size(); i++) {
            JsonNode one = alternatives.get(i);
            comment(
                    indent,
                    "%s %s%s"
                            .formatted(
                                    i == 0 ? "Either" : "or",
                                    plain(one.path("title").asText("alternative " + (i + 1))),
                                    one.path("description").asText("").isEmpty()
                                            ? ""
                                            : ": "
                                                    + plain(one.path("description")
                                                            .asText())));
            if (i != chosen) {
                hashes.add(indent);
            }
            depth++;
            discriminator.ifPresent(name -> line(
                    indent,
                    "%s: %s".formatted(name, ConfigCheck.fixed(one, name).orElseThrow())));
            object(one, indent, path, discriminator.orElse(""));
            depth--;
            if (i != chosen) {
                hashes.removeLast();
            }
        }
    }

    /// `#/definitions/x`, as pydantic writes it.
    private JsonNode resolve(JsonNode schema) {
        String reference = schema.path("$ref").asText("");
        if (!reference.startsWith("#/")) {
            JsonNode only =
                    schema.path("allOf").size() == 1 ? schema.path("allOf").path(0) : MissingNode.getInstance();
            return only.isMissingNode() ? schema : resolve(only);
        }
        return root.at(reference.substring(1));
    }

    private void comment(int indent, String text) {
        if (text.isEmpty()) {
            return;
        }
        for (String paragraph : text.split("\n")) {
            StringBuilder line = new StringBuilder();
            for (String word : paragraph.strip().split("\\s+")) {
                if (!line.isEmpty() && indent + 2 + line.length() + 1 + word.length() > WIDTH) {
                    line(indent, "# " + line);
                    line.setLength(0);
                }
                line.append(line.isEmpty() ? "" : " ").append(word);
            }
            if (!line.isEmpty()) {
                line(indent, "# " + line);
            }
        }
    }

    private void line(int indent, String text) {
        int at = 0;
        for (int hash : hashes) {
            out.append(" ".repeat(hash - at)).append('#');
            at = hash;
        }
        out.append(" ".repeat(indent - at)).append(text).append('\n');
    }

    private static List<String> texts(JsonNode values) {
        return values.isArray()
                ? values.valueStream()
                        .map(value -> value.isValueNode() ? value.asText() : value.toString())
                        .collect(Collectors.toList())
                : values.isTextual() ? List.of(values.asText()) : List.of();
    }

    /// Descriptions are written for a web page.
    private static String plain(String html) {
        return html.replaceAll("(?is)<a\\s[^>]*href=[\"']?([^\"'>\\s]+)[^>]*>(.*?)</a>", "$2 ($1)")
                .replaceAll("\\[([^\\]]+)]\\(([^)\\s]+)[^)]*\\)", "$1 ($2)")
                .replaceAll("(?i)<(br|/?p|/?ul|/?ol)\\s*/?>", "\n")
                .replaceAll("(?i)<li>", "\n- ")
                .replaceAll("</?[A-Za-z][^>]*>", "")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&nbsp;", " ")
                .replace("&amp;", "&")
                .strip();
    }
}
