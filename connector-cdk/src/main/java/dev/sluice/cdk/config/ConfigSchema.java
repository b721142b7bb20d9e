package dev.sluice.cdk.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.ConnectorException;
import dev.sluice.protocol.json.Json;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A configuration record's JSON Schema (draft-07, with Airbyte's annotations), and a JSON configuration's way
/// into the record.
public final class ConfigSchema {
    private static final ObjectMapper BINDING = Json.mapper()
            .copy()
            .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .setAnnotationIntrospector(new SealedTypes());

    static {
        BINDING.configOverride(List.class).setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY));
    }

    /// The choices of a sealed interface are its permitted classes; Jackson 2 wants to be told.
    private static final class SealedTypes extends JacksonAnnotationIntrospector {
        @Override
        public List<NamedType> findSubtypes(Annotated type) {
            return type.getRawType().isSealed()
                    ? Arrays.stream(type.getRawType().getPermittedSubclasses())
                            .map(NamedType::new)
                            .toList()
                    : super.findSubtypes(type);
        }
    }

    private ConfigSchema() {}

    /// The schema of a record whose components carry [Setting].
    public static ObjectNode of(Class<?> config) {
        ObjectNode schema = Json.mapper().createObjectNode();
        schema.put("$schema", "http://json-schema.org/draft-07/schema#");
        describe(schema, config);
        object(schema, config, 0);
        ConfigForm form = config.getAnnotation(ConfigForm.class);
        if (form != null && form.groups().length > 0) {
            ArrayNode groups = schema.putArray("groups");
            for (String group : form.groups()) {
                int equals = group.indexOf('=');
                groups.addObject().put("id", group.substring(0, equals)).put("title", group.substring(equals + 1));
            }
        }
        return schema;
    }

    /// Validates, fills in defaults and binds.
    ///
    /// @throws ConnectorException a configuration error that names every setting that is wrong, never its value
    public static <C> C read(JsonNode config, ObjectNode schema, Class<C> type) {
        if (!config.isObject()) {
            throw ConnectorException.config("the configuration is not a JSON object");
        }
        List<String> problems = ConfigProblems.of(config, schema);
        if (!problems.isEmpty()) {
            throw ConnectorException.config("the configuration does not fit: " + String.join("; ", problems));
        }
        ObjectNode complete = ((ObjectNode) config).deepCopy();
        fillDefaults(complete, schema);
        try {
            return BINDING.treeToValue(complete, type);
        } catch (JacksonException e) {
            Throwable cause = e.getCause() instanceof ConnectorException ? e.getCause() : e;
            if (cause instanceof ConnectorException c) {
                throw c;
            }
            // Jackson quotes the value it could not bind, which may be a secret.
            throw ConnectorException.config("the configuration does not fit: " + pathOf(e));
        }
    }

    /// Loads what reading a configuration needs, for the start cache.
    public static void rehearse(ObjectNode schema) {
        ConfigProblems.of(Json.mapper().createObjectNode(), schema);
    }

    private static String pathOf(JacksonException e) {
        StringBuilder path = new StringBuilder();
        if (e instanceof JsonMappingException mapping) {
            for (JsonMappingException.Reference step : mapping.getPath()) {
                path.append(path.isEmpty() ? "" : ".")
                        .append(step.getFieldName() == null ? String.valueOf(step.getIndex()) : step.getFieldName());
            }
        }
        return "`%s` has a value of the wrong kind".formatted(path);
    }

    private static void fillDefaults(ObjectNode config, JsonNode schema) {
        for (var property : schema.path("properties").properties()) {
            String name = property.getKey();
            JsonNode described = property.getValue();
            if (!config.hasNonNull(name)) {
                if (described.has("default")) {
                    config.set(name, described.get("default"));
                } else {
                    config.remove(name);
                }
            }
            if (config.get(name) instanceof ObjectNode nested) {
                fillDefaults(nested, described);
                for (JsonNode choice : described.path("oneOf")) {
                    if (isChosen(nested, choice)) {
                        fillDefaults(nested, choice);
                    }
                }
            }
        }
    }

    static boolean isChosen(JsonNode config, JsonNode choice) {
        String discriminator = discriminator(choice);
        return choice.at("/properties/%s/const".formatted(discriminator)).equals(config.get(discriminator));
    }

    /// The property whose constant tells a choice from the others.
    static String discriminator(JsonNode choice) {
        return choice.get("properties").fieldNames().next();
    }

    private static void describe(ObjectNode schema, Class<?> type) {
        ConfigForm form = type.getAnnotation(ConfigForm.class);
        if (form != null) {
            putText(schema, "title", form.title());
            putText(schema, "description", form.description());
        }
    }

    /// @param order place of the first setting among its siblings
    private static void object(ObjectNode schema, Class<?> type, int order) {
        schema.put("type", "object");
        ArrayNode required = Json.mapper().createArrayNode();
        ObjectNode properties = schema.putObject("properties");
        int place = order;
        for (RecordComponent component : type.getRecordComponents()) {
            Setting setting = component.getAnnotation(Setting.class);
            String name = snakeCase(component.getName());
            ObjectNode property = properties.putObject(name);
            value(property, component.getGenericType());
            if (setting != null) {
                annotate(property, setting, place);
            }
            place++;
            boolean optional = component.getType() == Optional.class
                    || component.getType() == List.class
                    || property.has("default");
            if (!optional) {
                required.add(name);
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        schema.put("additionalProperties", true);
    }

    private static void value(ObjectNode property, Type type) {
        if (type instanceof ParameterizedType generic) {
            Type of = generic.getActualTypeArguments()[0];
            if (generic.getRawType() == Optional.class) {
                value(property, of);
            } else {
                property.put("type", "array");
                value(property.putObject("items"), of);
            }
            return;
        }
        Class<?> raw = (Class<?>) type;
        if (raw == String.class) {
            property.put("type", "string");
        } else if (raw == boolean.class || raw == Boolean.class) {
            property.put("type", "boolean");
        } else if (raw == int.class || raw == Integer.class || raw == long.class || raw == Long.class) {
            property.put("type", "integer");
        } else if (raw.isEnum()) {
            property.put("type", "string");
            ArrayNode values = property.putArray("enum");
            for (Object constant : raw.getEnumConstants()) {
                values.add(spelling((Enum<?>) constant));
            }
        } else if (raw.isSealed()) {
            choices(property, raw);
        } else if (raw.isRecord()) {
            describe(property, raw);
            object(property, raw, 0);
        } else {
            throw new IllegalArgumentException("a setting cannot be a " + type);
        }
    }

    /// One of several records, told apart by a constant property, as Airbyte's forms want it.
    private static void choices(ObjectNode property, Class<?> sealed) {
        String discriminator = sealed.getAnnotation(JsonTypeInfo.class).property();
        property.put("type", "object");
        ArrayNode oneOf = property.putArray("oneOf");
        for (Class<?> choice : sealed.getPermittedSubclasses()) {
            String name = choice.getAnnotation(JsonTypeName.class).value();
            ObjectNode branch = oneOf.addObject();
            describe(branch, choice);
            object(branch, choice, 1);
            ObjectNode properties = Json.mapper().createObjectNode();
            properties
                    .putObject(discriminator)
                    .put("type", "string")
                    .put("const", name)
                    .put("order", 0);
            properties.setAll((ObjectNode) branch.get("properties"));
            branch.set("properties", properties);
            ArrayNode required = Json.mapper().createArrayNode().add(discriminator);
            branch.path("required").forEach(required::add);
            branch.set("required", required);
        }
    }

    private static void annotate(ObjectNode property, Setting setting, int order) {
        putText(property, "title", setting.title());
        putText(property, "description", setting.description());
        property.put("order", setting.order() < 0 ? order : setting.order());
        if (setting.secret()) {
            property.put("airbyte_secret", true);
        }
        if (!setting.defaultValue().isEmpty()) {
            property.set("default", json(setting.defaultValue()));
        }
        if (setting.examples().length > 0) {
            ArrayNode examples = property.putArray("examples");
            for (String example : setting.examples()) {
                examples.add(json(example));
            }
        }
        putText(property, "pattern", setting.pattern());
        putText(property, "pattern_descriptor", setting.patternDescriptor());
        putText(property, "format", setting.format());
        if (setting.minimum() != Long.MIN_VALUE) {
            property.put("minimum", setting.minimum());
        }
        if (setting.maximum() != Long.MAX_VALUE) {
            property.put("maximum", setting.maximum());
        }
        if (setting.multiline()) {
            property.put("multiline", true);
        }
        if (setting.alwaysShow()) {
            property.put("always_show", true);
        }
        putText(property, "group", setting.group());
        if (setting.env().length > 0) {
            ArrayNode env = property.putArray("x-sluice-env");
            for (String name : setting.env()) {
                env.add(name);
            }
        }
    }

    private static JsonNode json(String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON: " + text, e);
        }
    }

    private static void putText(ObjectNode property, String name, String text) {
        if (!text.isEmpty()) {
            property.put(name, text);
        }
    }

    private static String spelling(Enum<?> constant) {
        try {
            JsonProperty name =
                    constant.getDeclaringClass().getField(constant.name()).getAnnotation(JsonProperty.class);
            return name == null ? constant.name() : name.value();
        } catch (NoSuchFieldException e) {
            throw new AssertionError(e);
        }
    }

    private static String snakeCase(String name) {
        return new PropertyNamingStrategies.SnakeCaseStrategy().translate(name);
    }
}
