package dev.sluice.cdk.testing;

import static java.time.temporal.ChronoUnit.MICROS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.Optional;

/// What fits into a column: the rules of [JsonFileDestination], as lenient as the awkward rows ask for.
final class ColumnValues {
    private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final BigDecimal MIN = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ColumnValues() {}

    /// The value as the column holds it; empty when it does not fit.
    static Optional<JsonNode> fit(JsonNode value, JsonNode schema) {
        JsonNode type = schema.path("type");
        String name = type.isTextual() ? type.asText() : "";
        for (JsonNode one : type) {
            if (!one.asText().equals("null")) {
                name = name.isEmpty() ? one.asText() : "any";
            }
        }
        return switch (name) {
            case "integer" -> number(value).flatMap(ColumnValues::whole);
            case "number" -> number(value).map(JSON::numberNode);
            case "boolean" -> Optional.of(value).filter(JsonNode::isBoolean);
            case "object" -> Optional.of(value).filter(JsonNode::isObject);
            case "array" -> Optional.of(value).filter(JsonNode::isArray);
            case "string" ->
                schema.has("format")
                        ? moment(value, schema)
                        : Optional.of(value.isTextual() ? value : JSON.textNode(value.toString()));
            default -> Optional.of(value);
        };
    }

    private static Optional<BigDecimal> number(JsonNode value) {
        try {
            BigDecimal number = value.isNumber() && !isNotFinite(value)
                    ? value.decimalValue()
                    : new BigDecimal(value.isTextual() ? value.textValue() : "none");
            return Math.abs((long) number.precision() - number.scale()) > 100_000
                    ? Optional.empty()
                    : Optional.of(number);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static boolean isNotFinite(JsonNode value) {
        return value.isDouble() && !Double.isFinite(value.doubleValue());
    }

    private static Optional<JsonNode> whole(BigDecimal number) {
        if (number.compareTo(MAX) > 0 || number.compareTo(MIN) < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.numberNode(number.longValueExact()));
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Optional<JsonNode> moment(JsonNode value, JsonNode schema) {
        if (!value.isTextual()) {
            return Optional.empty();
        }
        String text = value.textValue().replaceFirst("(?<=\\d) (?=\\d)", "T").replaceFirst("\\+00$", "+00:00");
        boolean isLocal = schema.path("airbyte_type").asText().endsWith("without_timezone");
        String wall = text.replaceFirst("(?<=:\\d\\d(\\.\\d{0,9})?)(Z|[+-]\\d\\d:\\d\\d)$", "");
        String zoned = wall.equals(text) ? text + "Z" : text;
        try {
            Object parsed = switch (schema.path("format").asText()) {
                case "date" -> LocalDate.parse(text);
                case "date-time" ->
                    isLocal
                            ? LocalDateTime.parse(wall).truncatedTo(MICROS)
                            : OffsetDateTime.parse(zoned).truncatedTo(MICROS);
                default -> isLocal ? LocalTime.parse(wall) : OffsetTime.parse(zoned);
            };
            return Optional.of(JSON.textNode(parsed.toString()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
