package dev.sluice.destination.duckdb;

import static dev.sluice.destination.duckdb.TestingSync.complete;
import static dev.sluice.destination.duckdb.TestingSync.query;
import static dev.sluice.destination.duckdb.TestingSync.record;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a value of the source is in the table, and what is noted when it cannot be kept.
class ValuesTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("values.duckdb");
    }

    /// Syncs values into a column `v` of this type; each row comes back as `value|changes`.
    private List<String> sync(String type, String... values) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            lines.add(record("s", "{\"n\":%d,\"v\":%s}".formatted(i, values[i])));
        }
        lines.add(complete("s"));
        TestingSync.Result result = TestingSync.into(file()).stream(
                        "s", "{\"n\":{\"type\":\"integer\"},\"v\":%s}".formatted(type))
                .overwrite(1)
                .with("minimum_generation_id", TestingSync.json("0"))
                .run(lines.toArray(String[]::new));
        assertThat(result.error()).isEqualTo("no error");
        List<String> texts = query(file(), "SELECT v::VARCHAR FROM s ORDER BY n");
        List<String> metas = query(file(), "SELECT _airbyte_meta FROM s ORDER BY n");
        return IntStream.range(0, values.length)
                .mapToObj(i -> texts.get(i) + "|" + changes(metas.get(i)))
                .toList();
    }

    private static List<String> changes(String meta) {
        List<String> changes = new ArrayList<>();
        for (JsonNode change : TestingSync.json(meta).get("changes")) {
            changes.add("%s %s %s"
                    .formatted(
                            change.get("field").asText(),
                            change.get("change").asText(),
                            change.get("reason").asText()));
        }
        return changes;
    }

    @Test
    void keepsTextsByteForByte() {
        assertThat(sync(
                        "{\"type\":\"string\"}",
                        "\"\"",
                        "null",
                        "\"a\\tb\\n\\\\N '\\\"|\"",
                        "\"é 😀 \\u00fc\"",
                        "{\"a\":1}",
                        "12.50",
                        "true"))
                .containsExactly(
                        "|[]", "null|[]", "a\tb\n\\N '\"||[]", "é 😀 ü|[]", "{\"a\":1}|[]", "12.50|[]", "true|[]");
    }

    @Test
    void keepsEmptyTextApartFromNull() {
        sync("{\"type\":\"string\"}", "\"\"", "null");

        assertThat(query(file(), "SELECT v IS NULL FROM s ORDER BY n")).containsExactly("false", "true");
    }

    @Test
    void removesWhatNoTextMayHold() {
        assertThat(sync("{\"type\":\"string\"}", "\"a\\u0000b\"", "\"x\\ud800y\""))
                .containsExactly("ab|[]", "x\ufffdy|[]");
    }

    @Test
    void keepsWholeNumbersOfSixtyFourBits() {
        assertThat(sync(
                        "{\"type\":\"integer\"}",
                        "9223372036854775807",
                        "-9223372036854775808",
                        "9223372036854775808",
                        "1.0",
                        "1.5",
                        "\"42\"",
                        "true"))
                .containsExactly(
                        "9223372036854775807|[]",
                        "-9223372036854775808|[]",
                        "null|[v NULLED DESTINATION_FIELD_SIZE_LIMITATION]",
                        "1|[]",
                        "null|[v NULLED DESTINATION_SERIALIZATION_ERROR]",
                        "42|[]",
                        "null|[v NULLED DESTINATION_SERIALIZATION_ERROR]");
    }

    @Test
    void keepsNumbersOfThirtyEightDigitsAndRoundsBehindTheNinth() {
        String largest = "9".repeat(29) + "." + "9".repeat(9);
        assertThat(sync(
                        "{\"type\":\"number\"}",
                        "123.4",
                        "-0.000000001",
                        "999999999999999999",
                        "-999999999.999999999",
                        largest,
                        "-" + largest,
                        largest + "9",
                        "1" + "0".repeat(29),
                        "1.0000000005",
                        "-1.0000000005",
                        "1e-30",
                        "1e400",
                        "NaN",
                        "12345678901234567890.5"))
                .containsExactly(
                        "123.400000000|[]",
                        "-0.000000001|[]",
                        "999999999999999999.000000000|[]",
                        "-999999999.999999999|[]",
                        largest + "|[]",
                        "-" + largest + "|[]",
                        "null|[v NULLED DESTINATION_FIELD_SIZE_LIMITATION]",
                        "null|[v NULLED DESTINATION_FIELD_SIZE_LIMITATION]",
                        "1.000000001|[v TRUNCATED DESTINATION_FIELD_SIZE_LIMITATION]",
                        "-1.000000001|[v TRUNCATED DESTINATION_FIELD_SIZE_LIMITATION]",
                        "0.000000000|[v TRUNCATED DESTINATION_FIELD_SIZE_LIMITATION]",
                        "null|[v NULLED DESTINATION_FIELD_SIZE_LIMITATION]",
                        "null|[v NULLED PLATFORM_SERIALIZATION_ERROR]",
                        "12345678901234567890.500000000|[]");
    }

    @Test
    void keepsBooleans() {
        assertThat(sync("{\"type\":\"boolean\"}", "true", "false", "null", "1", "true"))
                .containsExactly(
                        "true|[]", "false|[]", "null|[]", "null|[v NULLED DESTINATION_SERIALIZATION_ERROR]", "true|[]");
    }

    @Test
    void keepsDates() {
        assertThat(sync(
                        "{\"type\":\"string\",\"format\":\"date\"}",
                        "\"2021-01-03\"",
                        "\"20210103\"",
                        "\"0001-01-01\"",
                        "\"9999-12-31\"",
                        "\"2021-1-3\""))
                .containsExactly(
                        "2021-01-03|[]",
                        "2021-01-03|[]",
                        "0001-01-01|[]",
                        "9999-12-31|[]",
                        "null|[v NULLED DESTINATION_SERIALIZATION_ERROR]");
    }

    @Test
    void keepsInstantsInUtc() {
        assertThat(sync(
                        "{\"type\":\"string\",\"format\":\"date-time\"}",
                        "\"2024-05-06T07:08:09.123456+02:00\"",
                        "\"2024-05-06T07:08:09\"",
                        "\"0001-01-01T00:00:00Z\"",
                        "\"9999-12-31T23:59:59.999999Z\"",
                        "\"294276-12-31T23:59:59Z\"",
                        "\"soon\""))
                .containsExactly(
                        "2024-05-06 05:08:09.123456+00|[]",
                        "2024-05-06 07:08:09+00|[]",
                        "0001-01-01 00:00:00+00|[]",
                        "9999-12-31 23:59:59.999999+00|[]",
                        "null|[v NULLED DESTINATION_FIELD_SIZE_LIMITATION]",
                        "null|[v NULLED DESTINATION_SERIALIZATION_ERROR]");
    }

    @Test
    void keepsInstantsToTheLastThatDuckdbCanHold() {
        sync("{\"type\":\"string\",\"format\":\"date-time\"}", "\"294247-01-10T04:00:54.775806Z\"");

        assertThat(query(file(), "SELECT epoch_us(v) FROM s")).containsExactly("" + (Long.MAX_VALUE - 1));
    }

    @Test
    void keepsTheWallClockOfTimestampsWithoutAZone() {
        assertThat(sync(
                        "{\"type\":\"string\",\"format\":\"date-time\",\"airbyte_type\":\"timestamp_without_timezone\"}",
                        "\"2024-05-06T07:08:09.5+02:00\"",
                        "\"1969-12-31T23:59:59.999999\""))
                .containsExactly("2024-05-06 07:08:09.5|[]", "1969-12-31 23:59:59.999999|[]");
    }

    @Test
    void keepsTimes() {
        assertThat(sync(
                        "{\"type\":\"string\",\"format\":\"time\",\"airbyte_type\":\"time_without_timezone\"}",
                        "\"23:59:59.999999\"",
                        "\"24:00:00\""))
                .containsExactly("23:59:59.999999|[]", "null|[v NULLED DESTINATION_SERIALIZATION_ERROR]");
    }

    @Test
    void keepsTimesWithTheirOffset() {
        assertThat(sync(
                        "{\"type\":\"string\",\"format\":\"time\"}",
                        "\"01:02:03.000004+05:30\"",
                        "\"01:02:03\"",
                        "\"12:00-15:59:59\""))
                .containsExactly("01:02:03.000004+05:30|[]", "01:02:03+00|[]", "12:00:00-15:59:59|[]");
    }

    @Test
    void keepsNestedValuesAsJson() {
        assertThat(sync(
                        "{\"type\":[\"object\",\"string\",\"integer\",\"array\"]}",
                        "{\"b\":[1,2.50,{\"c\":null}],\"a\":\"x\\\"y\"}",
                        "\"foo\"",
                        "17",
                        "[]",
                        "\"x\\u0000\\ud800\""))
                .containsExactly(
                        "{\"b\":[1,2.50,{\"c\":null}],\"a\":\"x\\\"y\"}|[]",
                        "\"foo\"|[]",
                        "17|[]",
                        "[]|[]",
                        "\"x\\ufffd\"|[]");
        assertThat(query(file(), "SELECT json_type(v) FROM s ORDER BY n"))
                .containsExactly("OBJECT", "VARCHAR", "UBIGINT", "ARRAY", "VARCHAR");
    }

    @Test
    void anObjectColumnTakesObjectsOnly() {
        assertThat(sync("{\"type\":\"object\"}", "{}", "[1]", "\"{}\""))
                .containsExactly(
                        "{}|[]",
                        "null|[v NULLED DESTINATION_SERIALIZATION_ERROR]",
                        "null|[v NULLED DESTINATION_SERIALIZATION_ERROR]");
    }

    @Test
    void everyJsonColumnHoldsValidJson() {
        sync("{}", "{\"a\":NaN}", "[Infinity]", "\"\\ud800\\u0000\"", "1e400", "{\"\\u0000\":\"\\u0000\"}");

        assertThat(query(file(), "SELECT count(*) FROM s WHERE NOT json_valid(v) OR NOT json_valid(_airbyte_meta)"))
                .containsExactly("0");
    }

    @Test
    void aRowOfALargeTextAndThousandsOfSmallOnesKeepTheirPlaces() {
        String large = "x".repeat(20 << 20);
        List<String> values = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            String value = i == 2500 ? large : i % 7 == 0 ? null : "v" + i;
            values.add(value == null ? "null" : '"' + value + '"');
            expected.add((value == null ? "null" : value) + "|[]");
        }

        assertThat(sync("{\"type\":\"string\"}", values.toArray(String[]::new))).isEqualTo(expected);
    }

    @Test
    void describesEachRow() {
        TestingSync.into(file()).stream("s", "{\"a\":{\"type\":\"integer\"}}")
                .generation(3, 0)
                .run("""
                        {"type":"RECORD","record":{"stream":"s","emitted_at":1700000000123,"data":{"a":1.5},"meta":{"changes":[\
                        {"field":"b","change":"NULLED","reason":"SOURCE_RETRIEVAL_ERROR"}]}}}""", complete("s"));

        assertThat(query(
                        file(),
                        "SELECT length(_airbyte_raw_id), _airbyte_extracted_at::VARCHAR, _airbyte_generation_id, _airbyte_meta"
                                + " FROM s"))
                .containsExactly("36|2023-11-14 22:13:20.123+00|3|"
                        + "{\"sync_id\":7,\"changes\":[{\"field\":\"b\",\"change\":\"NULLED\",\"reason\":\"SOURCE_RETRIEVAL_ERROR\"},"
                        + "{\"field\":\"a\",\"change\":\"NULLED\",\"reason\":\"DESTINATION_SERIALIZATION_ERROR\"}]}");
    }

    @Test
    void everyRowHasAnIdOfItsOwn() {
        sync("{\"type\":\"integer\"}", "1", "2", "3", "4");

        assertThat(query(file(), "SELECT count(DISTINCT _airbyte_raw_id::UUID) FROM s"))
                .containsExactly("4");
    }
}
