package dev.sluice.cdk.row;

import static dev.sluice.cdk.row.TestingRows.record;
import static dev.sluice.cdk.row.TestingRows.row;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.cdk.ConnectorException;
import dev.sluice.protocol.ConfiguredAirbyteStream;
import dev.sluice.protocol.json.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowReaderTest {
    private static final String NOT_OF_TYPE =
            "{\"sync_id\":7,\"changes\":[{\"field\":\"f\",\"change\":\"NULLED\",\"reason\":\"DESTINATION_SERIALIZATION_ERROR\"}]}";
    private static final String TOO_LARGE =
            "{\"sync_id\":7,\"changes\":[{\"field\":\"f\",\"change\":\"NULLED\",\"reason\":\"DESTINATION_FIELD_SIZE_LIMITATION\"}]}";
    private static final String UNCHANGED = "{\"sync_id\":7,\"changes\":[]}";

    private static String meta(Row row) {
        return new String(row.meta(), UTF_8);
    }

    private static void assertNotOfType(Row row) {
        assertThat(row.isNull(0)).isTrue();
        assertThat(meta(row)).isEqualTo(NOT_OF_TYPE);
    }

    private static void assertTooLarge(Row row) {
        assertThat(row.isNull(0)).isTrue();
        assertThat(meta(row)).isEqualTo(TOO_LARGE);
    }

    private static String text(AirbyteType type, String json) {
        Row row = row(type, json);
        assertThat(row.isNull(0)).isFalse();
        assertThat(meta(row)).isEqualTo(UNCHANGED);
        return row.text(0);
    }

    @Test
    void takesTheWholeRecordOfAStreamThatDeclaresNoColumns() throws IOException {
        RowReader reader = new RowReader(Json.mapper().readValue("""
                {"stream":{"name":"s","json_schema":{},"supported_sync_modes":["full_refresh"]},
                "sync_mode":"full_refresh","destination_sync_mode":"append"}""", ConfiguredAirbyteStream.class));
        assertThat(reader.columns()).containsExactly(new Column("data", AirbyteType.OBJECT));

        Row row = reader.read(record("{ \"data\":1,\"big\":1e999999 }"));

        assertThat(row.text(0)).isEqualTo("{ \"data\":1,\"big\":null }");
        assertThat(row.change(0)).isEqualTo(ValueChange.PART_NULLED);
        row = reader.read(record("{\"next\":[]}", "{\"changes\":[{\"field\":\"next\"}]}"));
        assertThat(row.text(0)).isEqualTo("{\"next\":[]}");
        assertThat(meta(row)).isEqualTo("{\"sync_id\":0,\"changes\":[{\"field\":\"next\"}]}");
    }

    @ParameterizedTest
    @EnumSource
    void takesNullAndAMissingFieldForNullWithoutAChange(AirbyteType type) {
        assertThat(row(type, "null").isNull(0)).isTrue();
        assertThat(meta(row(type, "null"))).isEqualTo(UNCHANGED);
        Row missing = new RowReader(List.of(new Column("f", type)), 7).read(record("{\"g\":1}"));
        assertThat(missing.isNull(0)).isTrue();
        assertThat(meta(missing)).isEqualTo(UNCHANGED);
    }

    @Test
    void keepsEmptyTextApartFromNull() {
        assertThat(text(AirbyteType.STRING, "\"\"")).isEmpty();
    }

    @Test
    void readsEscapes() {
        assertThat(text(
                        AirbyteType.STRING,
                        "\"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\te\\u00e9\\u20ac\\ud83d\\ude00 é€😀\\\\N\""))
                .isEqualTo("a\"b\\c/d\b\f\n\r\te\u00e9\u20ac😀 é€😀\\N");
    }

    @Test
    void leavesOutNul() {
        assertThat(text(AirbyteType.STRING, "\"a\\u0000b\"")).isEqualTo("ab");
        assertThat(text(AirbyteType.STRING, "\"\\u0000\"")).isEmpty();
        assertThat(text(AirbyteType.STRING, "\"a\0b\"")).isEqualTo("ab");
        assertThat(text(AirbyteType.OBJECT, "{\"a\\u0000b\":[\"\\u0000c\",{\"d\":\"e\\u0000\"}]}"))
                .isEqualTo("{\"ab\":[\"c\",{\"d\":\"e\"}]}");
    }

    @Test
    void replacesHalfASurrogatePair() {
        assertThat(text(AirbyteType.STRING, "\"a\\ud800b\\udc00c\\ud800\\u0041\""))
                .isEqualTo("a�b�c�A");
        assertThat(text(AirbyteType.ARRAY, "[\"\\ud800\",\"\\ud83d\\ude00\",\"\\udc00\\ud800\"]"))
                .isEqualTo("[\"\\ufffd\",\"\\ud83d\\ude00\",\"\\ufffd\\ufffd\"]");
    }

    @Test
    void takesControlCharactersThatAreNotEscaped() {
        assertThat(text(AirbyteType.STRING, "\"a\tb\"")).isEqualTo("a\tb");
        assertThat(text(AirbyteType.ARRAY, "[\"a\tb\u001f\"]")).isEqualTo("[\"a\\u0009b\\u001f\"]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"12.50", "-1e5", "true", "false", "{\"a\": [1, 2]}", "[]"})
    void takesAnyValueForAText(String json) {
        assertThat(text(AirbyteType.STRING, json)).isEqualTo(json);
    }

    @ParameterizedTest
    @EnumSource(AirbyteType.class)
    void takesNaNAndInfinityForNothingAndSaysSo(AirbyteType type) {
        for (String json : List.of("NaN", "Infinity", "-Infinity")) {
            Row row = row(type, json);
            assertThat(row.isNull(0)).isTrue();
            assertThat(meta(row)).contains("\"field\":\"f\"", "\"NULLED\"", "\"PLATFORM_SERIALIZATION_ERROR\"");
        }
    }

    @Test
    void nullsNaNInsideOfAJsonValue() {
        Row row = row(AirbyteType.ARRAY, "[1,NaN,{\"a\":-Infinity}]");
        assertThat(row.text(0)).isEqualTo("[1,null,{\"a\":null}]");
        assertThat(meta(row)).contains("\"field\":\"f\"", "\"PLATFORM_SERIALIZATION_ERROR\"");
    }

    @Test
    void readsBooleans() {
        assertThat(row(AirbyteType.BOOLEAN, "true").bool(0)).isTrue();
        assertThat(row(AirbyteType.BOOLEAN, "false").bool(0)).isFalse();
        assertThat(row(AirbyteType.BOOLEAN, "false").isNull(0)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"true\"", "1", "0", "{}", "[true]", "\"\""})
    void takesOnlyTrueAndFalseForBooleans(String json) {
        assertNotOfType(row(AirbyteType.BOOLEAN, json));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "0 | 0",
                "-0 | 0",
                "42 | 42",
                "-7 | -7",
                "9223372036854775807 | 9223372036854775807",
                "-9223372036854775808 | -9223372036854775808",
                "1.0 | 1",
                "1e2 | 100",
                "12.50e1 | 125",
                "0e999999999999 | 0",
                "1.00000000000000000000000000000 | 1",
                "\"42\" | 42",
                "\"-42.0\" | -42",
                "\"+5\" | 5",
            })
    void readsWholeNumbers(String json, long value) {
        Row row = row(AirbyteType.INTEGER, json);
        assertThat(row.isNull(0)).isFalse();
        assertThat(row.number(0)).isEqualTo(value);
        assertThat(meta(row)).isEqualTo(UNCHANGED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.5", "1e-1", "1e-99999999999", "\"x\"", "\"\"", "\"1 \"", "true", "[1]", "{}", "\"0x10\""})
    void takesOnlyWholeNumbersForIntegers(String json) {
        assertNotOfType(row(AirbyteType.INTEGER, json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9223372036854775808",
                "-9223372036854775809",
                "1e19",
                "1e400",
                "1e999999999999",
                "\"99999999999999999999\""
            })
    void nullsWholeNumbersBeyond64Bits(String json) {
        assertTooLarge(row(AirbyteType.INTEGER, json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "123.4",
                "-0.0",
                "1.50",
                "1e-30",
                "1e400",
                "-12345678901234567890123456789012345678901234567890.123",
                "123456789012345678",
                "1234567890123456789",
                "0.000000000000000000000001",
                "1E5",
                "1.5e+3",
                "99999999999999999.99",
                "12345678901234567.8",
                "\"1.25\"",
                "\"-1e3\""
            })
    void keepsNumbersExactly(String json) {
        Row row = row(AirbyteType.NUMBER, json);
        assertThat(row.decimal(0)).isEqualByComparingTo(new BigDecimal(json.replace("\"", "")));
        assertThat(meta(row)).isEqualTo(UNCHANGED);
    }

    @Test
    void keepsTheZerosBehindANumber() {
        assertThat(row(AirbyteType.NUMBER, "1.50").decimal(0)).isEqualTo(new BigDecimal("1.50"));
        assertThat(row(AirbyteType.NUMBER, "1.5000000000000000000000").decimal(0))
                .isEqualTo(new BigDecimal("1.5000000000000000000000"));
    }

    @Test
    void boundsNumbers() {
        String most = "9".repeat(131_072);
        assertThat(row(AirbyteType.NUMBER, most).decimal(0)).isEqualTo(new BigDecimal(most));
        assertTooLarge(row(AirbyteType.NUMBER, most + "0"));
        assertTooLarge(row(AirbyteType.NUMBER, "1e131072"));
        assertThat(row(AirbyteType.NUMBER, "1e131071").isNull(0)).isFalse();
        assertTooLarge(row(AirbyteType.NUMBER, "-1e999999999999999999999"));
        Row tiny = row(AirbyteType.NUMBER, "1e-999999999999999999999");
        assertThat(tiny.decimal(0)).isEqualByComparingTo(BigDecimal.ZERO);
        assertThat(tiny.change(0)).isEqualTo(ValueChange.ROUNDED);
        assertThat(row(AirbyteType.NUMBER, "0." + "1".repeat(1_000_000)).change(0))
                .isEqualTo(ValueChange.ROUNDED);
        assertThat(row(AirbyteType.NUMBER, "0.5" + "0".repeat(1_000_000)).change(0))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"abc\"", "\"\"", "\"1.2.3\"", "\"e5\"", "\"1e\"", "\".\"", "\"NaN\"", "true", "{}", "[1]"})
    void takesOnlyNumbersForNumbers(String json) {
        assertNotOfType(row(AirbyteType.NUMBER, json));
    }

    @ParameterizedTest
    @CsvSource({
        "2021-01-03, 2021-01-03",
        "20210103, 2021-01-03",
        "2021/01/03, 2021-01-03",
        "2021.01.03, 2021-01-03",
        "2021 01 03, 2021-01-03",
        "2021\\/01\\/03, 2021-01-03",
        "2024-02-29, 2024-02-29",
        "2000-02-29, 2000-02-29",
        "0001-01-01, 0001-01-01",
        "0000-01-01, 0000-01-01",
        "-0044-03-15, -0044-03-15",
        "21-01-03, 0021-01-03",
        "9999-12-31, 9999-12-31",
        "12345-06-07, +12345-06-07",
        "+12345-06-07, +12345-06-07",
        "123450607, +12345-06-07",
        "5874897-12-31, +5874897-12-31",
        "2021-01-03T23:59:59-05:00, 2021-01-03",
        "2021-01-03 10:11, 2021-01-03",
    })
    void readsDates(String text, LocalDate date) {
        Row row = row(AirbyteType.DATE, '"' + text + '"');
        assertThat(row.isNull(0)).isFalse();
        assertThat(row.number(0)).isEqualTo(date.toEpochDay());
        assertThat(meta(row)).isEqualTo(UNCHANGED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"2021-1-3\"",
                "\"2021-13-01\"",
                "\"2021-02-29\"",
                "\"1900-02-29\"",
                "\"0000-00-00\"",
                "\"2021-01/03\"",
                "\"2021-01-03x\"",
                "\"2021-01-03T\"",
                "\"2021-01-03T25:00\"",
                "\"1-01-01\"",
                "\"2021\"",
                "\"\"",
                "\"-\"",
                "\"infinity\"",
                "\"2021-01-03 BC\"",
                "20210103",
                "true",
                "{}"
            })
    void takesOnlyDatesForDates(String json) {
        assertNotOfType(row(AirbyteType.DATE, json));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"5874898-01-01\"", "\"9999999-12-31\"", "\"-4713-11-23\"", "\"-9999-01-01\""})
    void nullsDatesOutsideOfTheCalendar(String json) {
        assertTooLarge(row(AirbyteType.DATE, json));
    }

    @Test
    void beginsTheCalendarWhereTheJulianCountBegins() {
        assertThat(row(AirbyteType.DATE, "\"-4713-11-24\"").number(0)).isEqualTo(-2_440_588);
    }

    @ParameterizedTest
    @CsvSource({
        "2021-01-03T04:05:06Z, 2021-01-03T04:05:06",
        "2021-01-03 04:05:06, 2021-01-03T04:05:06",
        "2021-01-03t04:05:06z, 2021-01-03T04:05:06",
        "2021-01-03T04:05, 2021-01-03T04:05",
        "2021-01-03, 2021-01-03T00:00",
        "20210103T04:05:06+02:00, 2021-01-03T02:05:06",
        "2021-01-03T04:05:06+0230, 2021-01-03T01:35:06",
        "2021-01-03T04:05:06-05, 2021-01-03T09:05:06",
        "2021-01-03T04:05:06 +02:00, 2021-01-03T02:05:06",
        "2021-01-03T04:05:06 UTC, 2021-01-03T04:05:06",
        "2021-01-03T04:05:06+02:00:30, 2021-01-03T02:04:36",
        "2021-01-03T04:05:06.1Z, 2021-01-03T04:05:06.1",
        "2021-01-03T04:05:06.123456789Z, 2021-01-03T04:05:06.123456",
        "1969-12-31T23:59:59.999999999Z, 1969-12-31T23:59:59.999999",
        "'2021-01-03T04:05:06,5Z', 2021-01-03T04:05:06.5",
        "0001-01-01T00:00:00+18:00, 0000-12-31T06:00",
        "2021-12-31T23:00:00-18:00, 2022-01-01T17:00",
        "9999-12-31T23:59:59Z, 9999-12-31T23:59:59",
        "12345-06-07T08:09:10Z, +12345-06-07T08:09:10",
        "+12345-06-07T08:09:10Z, +12345-06-07T08:09:10",
        "294276-12-31T23:59:59.999999Z, +294276-12-31T23:59:59.999999",
        "-0044-03-15T12:00:00Z, -0044-03-15T12:00",
    })
    void readsTimestampsInUtc(String text, LocalDateTime utc) {
        Row row = row(AirbyteType.TIMESTAMP_WITH_TIMEZONE, '"' + text + '"');
        assertThat(row.isNull(0)).isFalse();
        assertThat(row.number(0)).isEqualTo(micros(utc));
        assertThat(meta(row)).isEqualTo(UNCHANGED);
    }

    private static long micros(LocalDateTime moment) {
        return ChronoUnit.MICROS.between(LocalDateTime.of(2000, 1, 1, 0, 0), moment);
    }

    @Test
    void keepsTheWallClockOfATimestampWithoutTimezone() {
        assertThat(row(AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE, "\"2021-01-03T04:05:06+02:00\"")
                        .number(0))
                .isEqualTo(micros(LocalDateTime.of(2021, 1, 3, 4, 5, 6)));
    }

    @Test
    void countsFromTwoThousandAndSaysHowFarFrom1970ThatIs() {
        assertThat(Row.MICROS_FROM_1970_TO_2000)
                .isEqualTo(LocalDateTime.of(2000, 1, 1, 0, 0).toEpochSecond(ZoneOffset.UTC) * 1_000_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"2021-01-03T24:00:00Z\"",
                "\"2021-01-03T23:59:60Z\"",
                "\"2021-01-03T04:05:06+18:01\"",
                "\"2021-01-03T04:05:06+\"",
                "\"2021-01-03T04:05:06+1\"",
                "\"2021-01-03T04:05:06+01:6\"",
                "\"2021-01-03T04:05:06+01:60\"",
                "\"2021-01-03T04:05:06.Z\"",
                "\"2021-01-03T04:05:06 \"",
                "\"2021-01-03T04:5:06\"",
                "\"2021-01-03T0405\"",
                "\"2021-01-03T04:05:\"",
                "\"2021-01-03T04:05:06 BC\"",
                "\"infinity\"",
                "\"now\"",
                "1609646706",
                "[]"
            })
    void takesOnlyTimestampsForTimestamps(String json) {
        assertNotOfType(row(AirbyteType.TIMESTAMP_WITH_TIMEZONE, json));
        assertNotOfType(row(AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE, json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"294277-01-01T00:00:00Z\"",
                "\"294276-12-31T23:00:00-02:00\"",
                "\"-4713-11-24T00:00:00+01:00\"",
                "\"-9999-01-01T00:00:00Z\""
            })
    void nullsTimestampsOutsideOfTheCalendar(String json) {
        assertTooLarge(row(AirbyteType.TIMESTAMP_WITH_TIMEZONE, json));
    }

    @ParameterizedTest
    @CsvSource({
        "04:05:06, 04:05:06, 0",
        "04:05, 04:05, 0",
        "04:05:06.123456789, 04:05:06.123456, 0",
        "04:05:06Z, 04:05:06, 0",
        "04:05:06+02:00, 04:05:06, 7200",
        "04:05:06-15:59, 04:05:06, -57540",
        "04:05:06+16:00, 12:05:06, 0",
        "20:05:06-18:00, 14:05:06, 0",
    })
    void readsTimesWithTheirOffset(String text, LocalTime time, int offset) {
        Row row = row(AirbyteType.TIME_WITH_TIMEZONE, '"' + text + '"');
        assertThat(row.number(0)).isEqualTo(time.toNanoOfDay() / 1000);
        assertThat(row.offset(0)).isEqualTo(offset);
        assertThat(meta(row)).isEqualTo(UNCHANGED);
    }

    @Test
    void keepsTheWallClockOfATimeWithoutTimezone() {
        assertThat(row(AirbyteType.TIME_WITHOUT_TIMEZONE, "\"04:05:06+18:00\"").number(0))
                .isEqualTo(LocalTime.of(4, 5, 6).toNanoOfDay() / 1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"24:00:00\"", "\"23:59:60\"", "\"4:05\"", "\"\"", "\"2021-01-01T04:05:06\"", "1", "{}"})
    void takesOnlyTimesForTimes(String json) {
        assertNotOfType(row(AirbyteType.TIME_WITH_TIMEZONE, json));
        assertNotOfType(row(AirbyteType.TIME_WITHOUT_TIMEZONE, json));
    }

    @Test
    void keepsJsonAsItStandsInTheLine() {
        assertThat(text(AirbyteType.OBJECT, "{ \"b\": 1.50 , \"a\" : [ ] }"))
                .isEqualTo("{ \"b\": 1.50 , \"a\" : [ ] }");
        assertThat(text(AirbyteType.OBJECT, "{}")).isEqualTo("{}");
        assertThat(text(AirbyteType.ARRAY, "[]")).isEqualTo("[]");
        assertThat(text(AirbyteType.ARRAY, "[{\"a\":{}},[[]],\"\\u00e9\",true,null]"))
                .isEqualTo("[{\"a\":{}},[[]],\"\\u00e9\",true,null]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"{}\"", "1", "true", "\"\""})
    void takesOnlyObjectsAndArraysForSuch(String json) {
        assertNotOfType(row(AirbyteType.OBJECT, json));
        assertNotOfType(row(AirbyteType.ARRAY, json));
    }

    @Test
    void tellsObjectsFromArrays() {
        assertNotOfType(row(AirbyteType.OBJECT, "[{}]"));
        assertNotOfType(row(AirbyteType.ARRAY, "{\"a\":[]}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"foo\"", "1.50", "true", "{\"a\":1}", "[1]"})
    void keepsAnyJsonWhereTheTypeIsOpen(String json) {
        assertThat(text(AirbyteType.UNKNOWN, json)).isEqualTo(json);
    }

    @Test
    void nullsNumbersInsideOfJsonThatNumericCannotHold() {
        Row row = row(AirbyteType.ARRAY, "[1e200000,1e-20000,1e131071,1e-16383,0." + "1".repeat(20_000) + "]");
        assertThat(row.text(0)).isEqualTo("[null,null,1e131071,1e-16383,null]");
        assertThat(row.change(0)).isEqualTo(ValueChange.PART_NULLED);
        assertTooLarge(row(AirbyteType.UNKNOWN, "1e200000"));
    }

    @Test
    void keepsAThousandLevelsAndNullsMore() {
        String thousand = "[".repeat(1000) + "]".repeat(1000);
        assertThat(text(AirbyteType.ARRAY, thousand)).isEqualTo(thousand);
        assertTooLarge(row(AirbyteType.ARRAY, "[" + thousand + "]"));
        String deep = "{\"a\":".repeat(2_000_000) + "1" + "}".repeat(2_000_000);
        assertTooLarge(row(AirbyteType.OBJECT, deep));
        assertNotOfType(row(AirbyteType.BOOLEAN, deep));
    }

    @Test
    void takesTheLastOfDuplicateKeys() {
        RowReader reader = new RowReader(List.of(new Column("f", AirbyteType.INTEGER)), 7);
        assertThat(reader.read(record("{\"f\":1,\"f\":2}")).number(0)).isEqualTo(2);
        assertThat(meta(reader.read(record("{\"f\":\"bad\",\"f\":2}")))).isEqualTo(UNCHANGED);
        assertThat(reader.read(record("{\"f\":1,\"f\":null}")).isNull(0)).isTrue();
        assertNotOfType(reader.read(record("{\"f\":1,\"f\":\"bad\"}")));
    }

    @Test
    void skipsUndeclaredFieldsAndFindsKeysInAnyOrder() {
        RowReader reader =
                new RowReader(List.of(new Column("a", AirbyteType.INTEGER), new Column("b", AirbyteType.INTEGER)), 7);
        for (int i = 0; i < 3000; i++) {
            String extra = "\"x%d\":{\"a\":9,\"b\":[\"}\",{}]}".formatted(i);
            Row row = reader.read(record(
                    i % 2 == 0
                            ? "{\"a\":1,%s,\"b\":2}".formatted(extra)
                            : "{ \"b\" : 2 , %s , \"a\" : 1 }".formatted(extra)));
            assertThat(row.number(0)).isEqualTo(1);
            assertThat(row.number(1)).isEqualTo(2);
        }
    }

    @Test
    void findsKeysThatNeedEscapesOrLookLikeJson() {
        List<String> fields = List.of("a\"b", "a\\b", "é", "", "a\":1,\"b", "\n", "a\0", "a");
        RowReader reader = new RowReader(
                fields.stream()
                        .map(field -> new Column(field, AirbyteType.INTEGER))
                        .toList(),
                7);
        String data =
                "{\"a\\\"b\":0,\"a\\\\b\":1,\"\\u00e9\":2,\"\":3,\"a\\\":1,\\\"b\":4,\"\\n\":5,\"a\\u0000\":6,\"a\":7}";
        for (int round = 0; round < 2; round++) {
            Row row = reader.read(record(data));
            assertThat(IntStream.range(0, 8).mapToLong(row::number)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
        }
        assertThat(reader.read(record("{\"a\":1,\"b\":2}")).isNull(4)).isTrue();
    }

    @Test
    void forgetsTheRowBefore() {
        RowReader reader = new RowReader(List.of(new Column("f", AirbyteType.STRING)), 7);
        reader.read(record("{\"f\":NaN}", "{\"changes\":[{\"field\":\"x\"}]}"));
        Row row = reader.read(record("{\"g\":1}"));
        assertThat(row.isNull(0)).isTrue();
        assertThat(meta(row)).isEqualTo(UNCHANGED);
    }

    @Test
    void keepsTheChangesOfTheSourceBeforeItsOwn() {
        String change = "{\"field\":\"x\",\"change\":\"NULLED\",\"reason\":\"SOURCE_RETRIEVAL_ERROR\"}";
        RowReader reader = new RowReader(List.of(new Column("f", AirbyteType.INTEGER)), 7);
        assertThat(meta(reader.read(record("{\"f\":1}", "{\"x\":{},\"changes\":[ " + change + " ]}"))))
                .isEqualTo("{\"sync_id\":7,\"changes\":[" + change + "]}");
        assertThat(meta(reader.read(record("{\"f\":\"bad\"}", "{\"changes\":[" + change + "]}"))))
                .isEqualTo(NOT_OF_TYPE.replace("[{", "[" + change + ",{"));
        assertThat(meta(reader.read(record("{\"f\":1}", "{\"changes\":[]}")))).isEqualTo(UNCHANGED);
        assertThat(meta(reader.read(record("{\"f\":1}", "{}")))).isEqualTo(UNCHANGED);
        assertThat(meta(reader.read(record("{\"f\":1}", "{\"changes\":null}")))).isEqualTo(UNCHANGED);
    }

    @Test
    void keepsTextsWhenTheScratchBufferGrows() {
        List<Column> columns = IntStream.range(0, 20)
                .mapToObj(i -> new Column("f" + i, AirbyteType.STRING))
                .toList();
        StringBuilder data = new StringBuilder("{");
        for (int i = 0; i < 20; i++) {
            data.append(i == 0 ? "" : ",").append("\"f%d\":\"\\n%s\"".formatted(i, ("" + i).repeat(1000 * i)));
        }
        Row row = new RowReader(columns, 7).read(record(data.append('}').toString()));
        for (int i = 0; i < 20; i++) {
            assertThat(row.text(i)).isEqualTo("\n" + ("" + i).repeat(1000 * i));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tru",
                "truex",
                "01",
                "+1",
                "1.",
                ".5",
                "1e",
                "--1",
                "nul",
                "'a'",
                "\"\\x\"",
                "\"\\u12g4\"",
                "[1,]",
                "[1 2]",
                "{\"a\"}",
                "{\"a\":}",
                "{a:1}",
                "{\"a\":1,}",
                "[}",
                "1 2",
                "",
                "nan"
            })
    void refusesWhatIsNotJson(String json) {
        for (AirbyteType type : AirbyteType.values()) {
            assertThatThrownBy(() -> row(type, json))
                    .isInstanceOf(ConnectorException.class)
                    .hasMessageMatching("a record (of the stream 's' is not JSON at byte .*|is not JSON)");
        }
    }

    @Test
    void saysWhereARecordIsNotJson() {
        assertThatThrownBy(() -> row(AirbyteType.INTEGER, "01"))
                .hasMessage("a record of the stream 's' is not JSON at byte 68 of its line (72 bytes)");
    }

    @Test
    void readsTheColumnsOfAStreamInTheOrderOfItsSchema() throws Exception {
        var stream = Json.mapper().readValue("""
                        {"stream":{"name":"s","json_schema":{"type":"object","properties":{
                          "z":{"type":["null","integer"]},"a":{"type":"string"},"m":{}}}},
                         "sync_mode":"full_refresh","destination_sync_mode":"append"}""", ConfiguredAirbyteStream.class);
        assertThat(new RowReader(stream).columns())
                .containsExactly(
                        new Column("z", AirbyteType.INTEGER),
                        new Column("a", AirbyteType.STRING),
                        new Column("m", AirbyteType.UNKNOWN));
    }
}
