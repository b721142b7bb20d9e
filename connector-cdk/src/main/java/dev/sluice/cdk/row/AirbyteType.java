package dev.sluice.cdk.row;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// What a column holds, as the protocol's data types tell it.
public enum AirbyteType {
    STRING,
    BOOLEAN,
    /// A whole number of 64 bits.
    INTEGER,
    /// A decimal number, exact.
    NUMBER,
    DATE,
    TIMESTAMP_WITH_TIMEZONE,
    TIMESTAMP_WITHOUT_TIMEZONE,
    TIME_WITH_TIMEZONE,
    TIME_WITHOUT_TIMEZONE,
    /// A JSON object.
    OBJECT,
    /// A JSON array.
    ARRAY,
    /// Several types at once, or none that is known: any JSON value.
    UNKNOWN;

    private static final String WELL_KNOWN = "WellKnownTypes.json#/definitions/";

    /// The type of a column whose schema this is.
    ///
    /// A schema that says nothing is [#UNKNOWN] and keeps every value; Airbyte takes it for an object, which
    /// would lose the values that are none.
    public static AirbyteType of(JsonNode propertySchema) {
        JsonNode schema = propertySchema;
        if (schema.path("$ref").isTextual()) {
            return wellKnown(schema.path("$ref").textValue());
        }
        JsonNode type = schema.path("type");
        if (type.isTextual()) {
            return named(type.textValue(), schema);
        }
        if (type.isArray()) {
            Set<AirbyteType> types = EnumSet.noneOf(AirbyteType.class);
            for (JsonNode name : type) {
                if (!name.asText().equals("null")) {
                    types.add(named(name.asText(), schema));
                }
            }
            return only(types);
        }
        for (String union : new String[] {"oneOf", "anyOf", "allOf"}) {
            if (schema.path(union).isArray()) {
                return union(schema.path(union));
            }
        }
        if (schema.path("properties").isObject()) {
            return OBJECT;
        }
        return schema.has("items") ? ARRAY : UNKNOWN;
    }

    /// Whether a value is kept as JSON text: [#OBJECT], [#ARRAY], [#UNKNOWN].
    public boolean isJson() {
        return this == OBJECT || this == ARRAY || this == UNKNOWN;
    }

    private static AirbyteType union(JsonNode branches) {
        Set<AirbyteType> types = EnumSet.noneOf(AirbyteType.class);
        for (JsonNode branch : branches) {
            if (!branch.path("type").asText().equals("null")) {
                types.add(of(branch));
            }
        }
        return only(types);
    }

    private static AirbyteType only(Set<AirbyteType> types) {
        return types.size() == 1 ? types.iterator().next() : UNKNOWN;
    }

    private static AirbyteType named(String name, JsonNode schema) {
        String airbyteType = schema.path("airbyte_type").asText();
        return switch (name) {
            case "string" ->
                switch (schema.path("format").asText()) {
                    case "date" -> DATE;
                    case "date-time" ->
                        airbyteType.equals("timestamp_without_timezone")
                                ? TIMESTAMP_WITHOUT_TIMEZONE
                                : TIMESTAMP_WITH_TIMEZONE;
                    case "time" ->
                        airbyteType.equals("time_without_timezone") ? TIME_WITHOUT_TIMEZONE : TIME_WITH_TIMEZONE;
                    default -> STRING;
                };
            case "boolean" -> BOOLEAN;
            case "int", "integer" -> INTEGER;
            case "number" -> airbyteType.equals("integer") ? INTEGER : NUMBER;
            case "object" -> OBJECT;
            case "array" -> ARRAY;
            default -> UNKNOWN;
        };
    }

    private static AirbyteType wellKnown(String reference) {
        int at = reference.indexOf(WELL_KNOWN);
        String name = at < 0 ? "" : reference.substring(at + WELL_KNOWN.length());
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "string", "binarydata" -> STRING;
            case "boolean" -> BOOLEAN;
            case "integer" -> INTEGER;
            case "number" -> NUMBER;
            case "date" -> DATE;
            case "timestampwithtimezone" -> TIMESTAMP_WITH_TIMEZONE;
            case "timestampwithouttimezone" -> TIMESTAMP_WITHOUT_TIMEZONE;
            case "timewithtimezone" -> TIME_WITH_TIMEZONE;
            case "timewithouttimezone" -> TIME_WITHOUT_TIMEZONE;
            default -> UNKNOWN;
        };
    }
}
