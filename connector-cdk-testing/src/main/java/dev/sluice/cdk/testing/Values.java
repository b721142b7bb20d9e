package dev.sluice.cdk.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Whether two JSON values mean the same, whatever way they are spelled: 1.0 and 1, `2024-01-01T00:00:00Z` and
/// `2024-01-01 00:00:00+00`, null and absent, with or without U+0000.
final class Values {
    private static final DateTimeFormatter DATE = new DateTimeFormatterBuilder()
            .appendValue(ChronoField.YEAR, 4, 9, SignStyle.NORMAL)
            .appendPattern("-MM-dd")
            .toFormatter();

    private static final DateTimeFormatter OFFSET = DateTimeFormatter.ofPattern("[XXX][X]");

    private static final DateTimeFormatter DATE_TIME = new DateTimeFormatterBuilder()
            .append(DATE)
            .appendPattern("['T'][' ']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .toFormatter();

    private static final DateTimeFormatter OFFSET_DATE_TIME =
            new DateTimeFormatterBuilder().append(DATE_TIME).append(OFFSET).toFormatter();

    private static final DateTimeFormatter OFFSET_TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .append(OFFSET)
            .toFormatter();

    private Values() {}

    /// @param schema of the property, which says whether a text is a date
    static boolean same(JsonNode expected, JsonNode actual, JsonNode schema) {
        if (isAbsent(expected) || isAbsent(actual)) {
            return isAbsent(expected) == isAbsent(actual);
        }
        String format = schema.path("format").asText();
        if (expected.isTextual() && actual.isTextual() && !format.isEmpty()) {
            boolean isLocal = schema.path("airbyte_type").asText().endsWith("without_timezone");
            try {
                return temporal(expected.textValue(), format, isLocal)
                        .equals(temporal(actual.textValue(), format, isLocal));
            } catch (DateTimeException e) {
                return expected.equals(actual);
            }
        }
        return same(expected, actual);
    }

    private static boolean isAbsent(JsonNode value) {
        return value == null || value.isNull() || value.isMissingNode();
    }

    private static boolean same(JsonNode expected, JsonNode actual) {
        if (expected.isNumber() && actual.isNumber()) {
            return expected.decimalValue().compareTo(actual.decimalValue()) == 0;
        }
        if (expected.isArray() && actual.isArray()) {
            if (expected.size() != actual.size()) {
                return false;
            }
            for (int i = 0; i < expected.size(); i++) {
                if (!same(expected.get(i), actual.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (expected.isObject() && actual.isObject()) {
            Map<String, JsonNode> left = properties(expected);
            Map<String, JsonNode> right = properties(actual);
            boolean areSame = left.keySet().equals(right.keySet());
            // A loop, not a stream: values may be nested a thousand levels deep.
            for (var property : left.entrySet()) {
                areSame = areSame && same(property.getValue(), right.get(property.getKey()));
            }
            return areSame;
        }
        if (expected.isTextual() && actual.isTextual()) {
            return withoutNul(expected.textValue()).equals(withoutNul(actual.textValue()));
        }
        return expected.equals(actual);
    }

    private static Map<String, JsonNode> properties(JsonNode object) {
        Map<String, JsonNode> properties = new HashMap<>();
        for (var property : object.properties()) {
            properties.put(withoutNul(property.getKey()), property.getValue());
        }
        return properties;
    }

    /// Some databases have no place for U+0000 in a text; it may be kept or left out.
    private static String withoutNul(String text) {
        return text.replace("\0", "");
    }

    private static Object temporal(String text, String format, boolean isLocal) {
        return switch (format) {
            case "date" -> LocalDate.parse(text, DATE);
            case "date-time" ->
                isLocal
                        ? LocalDateTime.parse(text, DATE_TIME)
                        : OffsetDateTime.parse(text, OFFSET_DATE_TIME).toInstant();
            case "time" ->
                isLocal
                        ? LocalTime.parse(text)
                        : OffsetTime.parse(text, OFFSET_TIME).withOffsetSameInstant(ZoneOffset.UTC);
            default -> text;
        };
    }

    /// The instant a destination stored, in whichever spelling.
    static OffsetDateTime instant(JsonNode value) {
        return OffsetDateTime.parse(value.asText(), OFFSET_DATE_TIME);
    }

    static JsonNode greatest(List<JsonNode> cursors) {
        return cursors.stream().max(Values::compare).orElseThrow();
    }

    /// Numbers by value, moments by time, everything else as text.
    static int compare(JsonNode a, JsonNode b) {
        if (a.isNumber() && b.isNumber()) {
            return a.decimalValue().compareTo(b.decimalValue());
        }
        try {
            return instant(a).compareTo(instant(b));
        } catch (DateTimeException e) {
            return a.asText().compareTo(b.asText());
        }
    }
}
