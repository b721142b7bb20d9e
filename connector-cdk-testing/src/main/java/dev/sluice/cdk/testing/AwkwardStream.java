package dev.sluice.cdk.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Rows that destinations stumble over, and what must become of them: a file `streams/NAME.jsonl`.
///
/// Its first line is the schema (`json_schema`), perhaps with `destination_sync_mode`, `primary_key` and
/// `cursor_field`. Every other line is a record: `data`, or `text` when it must be sent as it stands, with
///
/// - `grow`: lengths to which texts of `data` are repeated, so that a huge text need not be stored here,
/// - `row`: properties that the table must hold in another form than `data` has them,
/// - `changed`: properties that must be null, and listed in `_airbyte_meta.changes`,
/// - `may_change`: properties that are either kept exactly or listed in `_airbyte_meta.changes`,
/// - `gone`: true when a later record takes the place of this one.
///
/// Rows are told apart by their `id`.
record AwkwardStream(ConfiguredAirbyteStream stream, List<Row> rows) {
    /// @param data what is sent, as JSON text
    /// @param expected the record as the table should have it
    record Row(String data, ObjectNode expected, List<String> changed, List<String> mayChange, boolean isGone) {
        int id() {
            return expected.path("id").asInt();
        }
    }

    private static final List<String> FILES = List.of(
            "arrays_and_objects",
            "awkward_column_names",
            "big_numbers",
            "dates_at_the_edges",
            "deep_nesting",
            "duplicate_keys",
            "empty_null_and_missing",
            "huge_text",
            "nul_characters",
            "undeclared_columns",
            "unicode_text",
            "untyped_columns",
            "wide_rows",
            "wrong_types");

    static Stream<String> files() {
        return FILES.stream();
    }

    static AwkwardStream read(String name) {
        try (InputStream file = AwkwardStream.class.getResourceAsStream("/streams/" + name + ".jsonl")) {
            List<JsonNode> lines = new String(file.readAllBytes(), UTF_8)
                    .lines()
                    .map(Transcript::json)
                    .toList();
            return new AwkwardStream(
                    stream(name, lines.getFirst()),
                    lines.stream().skip(1).map(AwkwardStream::row).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ConfiguredAirbyteStream stream(String name, JsonNode head) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.setAll((ObjectNode) head);
        ObjectNode schema = (ObjectNode) json.remove("json_schema");
        json.set("stream", Json.mapper().valueToTree(AirbyteStream.fullRefresh(name, schema, List.of())));
        json.put("generation_id", 1).put("minimum_generation_id", 0).put("sync_id", 1);
        return Json.mapper().convertValue(json, ConfiguredAirbyteStream.class);
    }

    private static Row row(JsonNode line) {
        String text = line.path("text").asText();
        if (text.isEmpty()) {
            text = grown((ObjectNode) line.get("data"), line.path("grow")).toString();
        }
        ObjectNode expected = (ObjectNode) Transcript.json(text);
        for (var property : line.path("row").properties()) {
            expected.set(property.getKey(), property.getValue());
        }
        return new Row(
                text,
                expected,
                texts(line.path("changed")),
                texts(line.path("may_change")),
                line.path("gone").asBoolean());
    }

    private static ObjectNode grown(ObjectNode data, JsonNode lengths) {
        for (var length : lengths.properties()) {
            String grain = data.get(length.getKey()).asText();
            int size = length.getValue().asInt();
            data.put(length.getKey(), grain.repeat(1 + size / grain.length()).substring(0, size));
        }
        return data;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    /// Compares a record with the row that the table holds for it.
    void assertHeld(Row row, ObjectNode held) {
        assertThat(held).as("the row with id %d", row.id()).isNotNull();
        Set<String> changed = new TreeSet<>();
        held.path("_airbyte_meta")
                .path("changes")
                .forEach(change -> changed.add(change.path("field").asText()));
        for (var column : stream.stream().jsonSchema().path("properties").properties()) {
            String name = column.getKey();
            JsonNode expected =
                    row.changed().contains(name) ? null : row.expected().get(name);
            JsonNode actual = held.get(name);
            if (row.mayChange().contains(name) && changed.remove(name)) {
                continue;
            }
            assertThat(Values.same(expected, actual, column.getValue()))
                    .as(
                            "`%s` of the row with id %d: expected %s but was %s",
                            name, row.id(), shortened(expected), shortened(actual))
                    .isTrue();
        }
        assertThat(changed)
                .as("fields in _airbyte_meta.changes of the row with id %d", row.id())
                .isEqualTo(new TreeSet<>(row.changed()));
    }

    private static String shortened(JsonNode value) {
        try {
            String text = Json.mapper().writeValueAsString(value);
            return text.length() > 200 ? "%s… (%,d characters)".formatted(text.substring(0, 200), text.length()) : text;
        } catch (JacksonException e) {
            throw new AssertionError(e);
        }
    }
}
