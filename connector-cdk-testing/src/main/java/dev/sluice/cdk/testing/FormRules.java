package dev.sluice.cdk.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What a `connectionSpecification` must keep to beyond JSON Schema, so that every form, vault and launcher
/// that knows Airbyte's connectors understands it: the rules of the public acceptance suite for specs.
final class FormRules {
    private static final Set<String> FORBIDDEN = Set.of(
            "$ref",
            "not",
            "anyOf",
            "allOf",
            "if",
            "then",
            "else",
            "patternProperties",
            "prefixItems",
            "dependentSchemas",
            "dependentRequired");

    private static final Set<String> SECRET_NAMES = Set.of(
            "token",
            "access_token",
            "refresh_token",
            "api_token",
            "client_token",
            "secret",
            "client_secret",
            "password",
            "key",
            "api_key",
            "private_key",
            "service_account",
            "service_account_info",
            "tenant_id",
            "certificate",
            "jwt",
            "credentials");

    private static final Set<String> SECRET_TYPES = Set.of("string", "integer", "number");

    private final List<String> problems = new ArrayList<>();

    private FormRules() {}

    static List<String> problems(JsonNode schema) {
        FormRules rules = new FormRules();
        if (!schema.path("type").asText().equals("object")) {
            rules.problems.add("/ is not of type object");
        }
        rules.walk(schema, "");
        return rules.problems;
    }

    private void walk(JsonNode schema, String path) {
        for (var keyword : schema.properties()) {
            if (FORBIDDEN.contains(keyword.getKey())) {
                problems.add("%s uses the keyword `%s`, which forms cannot show".formatted(path, keyword.getKey()));
            }
        }
        if (!schema.path("additionalProperties").asBoolean(true)
                || schema.path("additionalProperties").isObject()) {
            problems.add(path + " forbids additional properties; a newer form may send some");
        }
        enumeration(schema, path);
        properties(schema, path);
        choices(schema, path);
        if (schema.path("type").asText().equals("array") && !schema.has("items")) {
            problems.add(path + " is an array without items");
        }
        if (schema.has("items")) {
            walk(schema.get("items"), path + "/items");
        }
    }

    private void enumeration(JsonNode schema, String path) {
        Set<JsonNode> values = new HashSet<>();
        for (JsonNode value : schema.path("enum")) {
            if (!values.add(value)) {
                problems.add("%s lists %s twice in its enum".formatted(path, value));
            }
        }
    }

    private void properties(JsonNode schema, String path) {
        Set<String> orders = new HashSet<>();
        JsonNode properties = schema.path("properties");
        for (var property : properties.properties()) {
            String where = path + "/" + property.getKey();
            JsonNode described = property.getValue();
            if (described.has("order")
                    && !orders.add(described.path("group").asText() + " " + described.get("order"))) {
                problems.add("%s has the same order as a sibling: %s".formatted(where, described.get("order")));
            }
            if (!path.isEmpty() && described.has("group")) {
                problems.add(where + " has a group, which only top-level settings may have");
            }
            secrecy(property.getKey(), described, where);
            walk(described, where);
        }
        for (JsonNode required : schema.path("required")) {
            if (!properties.has(required.asText())) {
                problems.add("%s requires `%s`, which it does not describe".formatted(path, required.asText()));
            }
        }
    }

    private void secrecy(String name, JsonNode described, String where) {
        boolean looksSecret = SECRET_NAMES.contains(name)
                || name.endsWith("_password")
                || name.endsWith("_token")
                || name.endsWith("_secret");
        boolean canBeSecret = SECRET_TYPES.contains(described.path("type").asText()) && !described.has("const");
        boolean isSecret = described.path("airbyte_secret").asBoolean();
        if (looksSecret && canBeSecret && !isSecret) {
            problems.add(where + " looks like a secret and lacks `airbyte_secret`");
        }
        if (isSecret && !canBeSecret) {
            problems.add(where + " is marked `airbyte_secret` but is no text or number");
        }
    }

    /// One of several: forms tell the choices apart by one property that is a constant in each.
    private void choices(JsonNode schema, String path) {
        JsonNode oneOf = schema.path("oneOf");
        if (oneOf.isEmpty()) {
            return;
        }
        if (!schema.path("type").asText().equals("object")) {
            problems.add(path + " has oneOf but is not of type object");
        }
        Set<String> discriminators = null;
        for (int i = 0; i < oneOf.size(); i++) {
            JsonNode choice = oneOf.get(i);
            walk(choice, path + "/oneOf/" + i);
            Set<String> constants = new TreeSet<>();
            for (var property : choice.path("properties").properties()) {
                if (property.getValue().has("const")) {
                    constants.add(property.getKey());
                }
            }
            if (discriminators == null) {
                discriminators = constants;
            } else {
                discriminators.retainAll(constants);
            }
        }
        if (discriminators.size() != 1) {
            problems.add("%s needs exactly one property that is a const in every choice, has %s"
                    .formatted(path, discriminators));
            return;
        }
        String discriminator = discriminators.iterator().next();
        Set<JsonNode> values = new HashSet<>();
        for (JsonNode choice : oneOf) {
            JsonNode described = choice.path("properties").path(discriminator);
            if (!values.add(described.get("const"))) {
                problems.add("%s has two choices with `%s` %s".formatted(path, discriminator, described.get("const")));
            }
            if (described.has("default") || described.has("enum")) {
                problems.add("%s: `%s` is a const and needs neither default nor enum".formatted(path, discriminator));
            }
        }
    }
}
