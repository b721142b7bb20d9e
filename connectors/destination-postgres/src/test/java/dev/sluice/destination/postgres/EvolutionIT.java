package dev.sluice.destination.postgres;

import static dev.sluice.destination.postgres.TestingSync.begin;
import static dev.sluice.destination.postgres.TestingSync.cutShort;
import static dev.sluice.destination.postgres.TestingSync.failure;
import static dev.sluice.destination.postgres.TestingSync.sync;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cdk.testing.Conversation;
import dev.sluice.cdk.testing.Transcript;
import dev.sluice.destination.postgres.TestingSync.Stream;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvolutionIT {
    private static TestingPostgres postgres;

    @BeforeAll
    static void start() throws SQLException {
        postgres = new TestingPostgres();
    }

    @AfterAll
    static void stop() throws SQLException {
        postgres.close();
    }

    @BeforeEach
    void startFromNothing() {
        postgres.reset();
    }

    private static Stream things(String type) {
        return Stream.of("things", "{\"f\":%s}".formatted(type));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type':'integer'} | 42 | {'type':'number'} | 4.5 | 42, 4.5",
                "{'type':'integer'} | 42 | {'type':'string'} | 'x' | 42, x",
                "{'type':'number'} | 1.50 | {'type':'string'} | 'x' | 1.50, x",
                "{'type':'boolean'} | true | {'type':'string'} | 'x' | true, x",
                "{'type':'string'} | 'x' | {} | [1] | \"x\", [1]",
                "{} | 'x' | {'type':'string'} | 'y' | x, y",
                "{} | {'a':1} | {'type':'string'} | 'y' | {\"a\": 1}, y",
                "{'type':'string','format':'date'} | '2024-01-02' | {'type':'string','format':'date-time'} | '2024-01-03T00:00:00Z' | 2024-01-02 00:00:00+00, 2024-01-03 00:00:00+00",
                "{'type':'object'} | {} | {'type':'array'} | [] | {}, []",
            })
    void widensAColumn(String before, String first, String after, String second, String values) {
        sync(
                postgres.configJson(),
                things(before.replace('\'', '"')),
                "{\"f\":%s}".formatted(first.replace('\'', '"')));
        sync(
                postgres.configJson(),
                things(after.replace('\'', '"')),
                "{\"f\":%s}".formatted(second.replace('\'', '"')));

        assertThat(String.join(", ", postgres.query("SELECT f::text FROM things ORDER BY ctid")))
                .isEqualTo(values);
    }

    @Test
    void refusesAChangeThatWouldLoseValues() {
        sync(postgres.configJson(), things("{\"type\":\"string\"}"), "{\"f\":\"x\"}");

        assertThat(failure(postgres.configJson(), things("{\"type\":\"integer\"}"), "{\"f\":1}"))
                .isEqualTo(
                        "CONFIG_ERROR: the column \"f\" of public.things is character varying, and the stream 'things' now has"
                                + " bigint, which would lose values; rename or drop the column, or replace the table with a full refresh");
        assertThat(postgres.query("SELECT f FROM things")).containsExactly("x");
    }

    @Test
    void takesAnyTypeForATableThatIsReplacedOrEmpty() {
        sync(postgres.configJson(), things("{\"type\":\"string\"}").overwrite(1), "{\"f\":\"x\"}");
        sync(postgres.configJson(), things("{\"type\":\"integer\"}").overwrite(2), "{\"f\":1}");
        assertThat(postgres.query("SELECT f + 1 FROM things")).containsExactly("2");

        sync(postgres.configJson(), things("{\"type\":\"boolean\"}").overwrite(3));
        sync(postgres.configJson(), things("{\"type\":\"integer\"}"), "{\"f\":2}");
        assertThat(postgres.query("SELECT f + 1 FROM things")).containsExactly("3");
    }

    @Test
    void keepsAColumnThatTheStreamLost() {
        sync(
                postgres.configJson(),
                Stream.of("things", "{\"f\":{\"type\":\"integer\"},\"g\":{\"type\":\"integer\"}}"),
                "{\"f\":1,\"g\":2}");
        sync(postgres.configJson(), things("{\"type\":\"integer\"}"), "{\"f\":3}");

        assertThat(postgres.query("SELECT concat_ws(' ', f, g) FROM things ORDER BY f"))
                .containsExactly("1 2", "3");

        sync(postgres.configJson(), things("{\"type\":\"integer\"}").overwrite(2), "{\"f\":4}");

        assertThat(postgres.query("SELECT concat_ws(' ', f, coalesce(g, 0)) FROM things"))
                .containsExactly("4 0");
    }

    private static final String ONE_NAME = """
            {"first name":{"type":"string"}}""";
    private static final String BOTH_NAMES = """
            {"first name":{"type":"string"},"first_name":{"type":"string"}}""";

    @Test
    void refusesToGuessWhoseAColumnIs() {
        for (Stream stream : List.of(
                Stream.of("things", ONE_NAME), Stream.of("things", ONE_NAME).overwrite(1))) {
            postgres.reset();
            sync(postgres.configJson(), stream, "{\"first name\":\"ada\"}");

            assertThat(failure(postgres.configJson(), stream.withProperties(BOTH_NAMES), "{\"first_name\":\"bob\"}"))
                    .isEqualTo(
                            "CONFIG_ERROR: the column of public.things named \"first_name\" may belong to 'first name' or"
                                    + " 'first_name', which PostgreSQL's names do not tell apart; rename it to \"first_name_1b836d86\""
                                    + " if it is that of 'first name', else put an empty copy of it beside it under that name");
            assertThat(postgres.query("SELECT first_name FROM things")).containsExactly("ada");
        }
    }

    @Test
    void refusesToGuessWhoseAColumnOfRowsThatWaitIs() {
        Stream stream = Stream.of("things", ONE_NAME).overwrite(1);
        cutShort(postgres.configJson(), stream, "{\"first name\":\"ada\"}");

        assertThat(failure(postgres.configJson(), stream.withProperties(BOTH_NAMES), "{\"first_name\":\"bob\"}"))
                .contains("CONFIG_ERROR", "the column of public.things_staging_", "named \"first_name\" may belong to");
    }

    @Test
    void goesOnOnceTheUserHasSaidWhoseAColumnIs() {
        sync(postgres.configJson(), Stream.of("things", ONE_NAME), "{\"first name\":\"ada\"}");
        postgres.execute("ALTER TABLE things RENAME first_name TO first_name_1b836d86");

        sync(postgres.configJson(), Stream.of("things", BOTH_NAMES), "{\"first name\":\"eve\",\"first_name\":\"bob\"}");

        assertThat(postgres.query("SELECT concat_ws(' ', first_name_1b836d86, first_name) FROM things ORDER BY 1"))
                .containsExactly("ada", "eve bob");
    }

    @Test
    void tellsColumnsApartThatCameTogether() {
        for (int generation = 1; generation < 4; generation++) {
            Stream stream = Stream.of("things", BOTH_NAMES).overwrite(generation);
            cutShort(postgres.configJson(), stream, "{\"first name\":\"ada\"}");
            sync(postgres.configJson(), stream, "{\"first_name\":\"bob\"}");

            assertThat(postgres.query("SELECT concat(first_name_1b836d86, ' ', first_name) FROM things ORDER BY 1"))
                    .containsExactly(" bob", "ada ");
        }
    }

    @Test
    void refusesToGuessWhoseATableIs() {
        Stream spaced = Stream.of("first name", "{\"f\":{\"type\":\"integer\"}}");
        Stream exact = Stream.of("first_name", "{\"f\":{\"type\":\"integer\"}}");
        sync(postgres.configJson(), spaced, "{\"f\":1}");
        try (Conversation write = begin(postgres.configJson(), spaced, exact)) {
            Transcript refusal = write.say(exact.record("{\"f\":2}"), exact.complete(), spaced.complete())
                    .end();

            assertThat(refusal.errors().getFirst().message())
                    .isEqualTo("the table of the schema public named \"first_name\" may belong to 'first name' or"
                            + " 'first_name', which PostgreSQL's names do not tell apart; rename it to \"first_name_1b836d86\""
                            + " if it is that of 'first name', else put an empty copy of it beside it under that name");
        }
        assertThat(postgres.query("SELECT f FROM first_name")).containsExactly("1");
        postgres.execute("CREATE TABLE first_name_1b836d86 (LIKE first_name)");
        try (Conversation write = begin(postgres.configJson(), spaced, exact)) {
            write.say(exact.record("{\"f\":2}"), spaced.record("{\"f\":3}"), exact.complete(), spaced.complete())
                    .end()
                    .succeeded();
        }
        assertThat(postgres.query("SELECT f FROM first_name ORDER BY f")).containsExactly("1", "2");
        assertThat(postgres.query("SELECT f FROM first_name_1b836d86")).containsExactly("3");
    }

    @Test
    void tellsTablesApartThatCameTogetherThoughOneWasCutShort() {
        Stream spaced =
                Stream.of("first name", "{\"f\":{\"type\":\"integer\"}}").overwrite(1);
        Stream exact = Stream.of("first_name", "{\"f\":{\"type\":\"integer\"}}").overwrite(1);
        try (Conversation write = begin(postgres.configJson(), spaced, exact)) {
            write.say(exact.record("{\"f\":1}"), spaced.record("{\"f\":2}"), exact.complete())
                    .end();
        }
        try (Conversation write = begin(postgres.configJson(), spaced, exact)) {
            write.say(spaced.complete(), exact.complete()).end();
        }
        assertThat(postgres.query("SELECT f FROM first_name")).containsExactly("1");
        assertThat(postgres.query("SELECT f FROM first_name_1b836d86")).containsExactly("2");
    }

    @Test
    void writesIntoATableOfTheOlderPublishedConnector() {
        postgres.execute("""
                CREATE TABLE things (f numeric(38,9), "name" varchar, _airbyte_raw_id varchar(36) NOT NULL,
                _airbyte_extracted_at timestamptz NOT NULL, _airbyte_meta jsonb NOT NULL, _airbyte_generation_id bigint)""");
        postgres.execute("INSERT INTO things VALUES (1, 'a', 'id', now(), '{}', NULL)");

        sync(
                postgres.configJson(),
                Stream.of("things", "{\"name\":{\"type\":\"string\"},\"f\":{\"type\":\"number\"}}"),
                "{\"f\":1e40,\"name\":\"b\"}");

        assertThat(postgres.query("SELECT concat_ws(' ', f, name) FROM things ORDER BY f"))
                .containsExactly("1.000000000 a", "1" + "0".repeat(40) + " b");
    }

    @Test
    void addsAirbytesColumnsThatAreMissing() {
        postgres.execute(
                "CREATE TABLE things (_airbyte_raw_id varchar NOT NULL, _airbyte_extracted_at timestamptz NOT NULL, f bigint)");
        postgres.execute("INSERT INTO things VALUES ('id', now(), 1)");

        sync(postgres.configJson(), things("{\"type\":\"integer\"}"), "{\"f\":2}");

        assertThat(postgres.query(
                        "SELECT concat_ws(' ', f, _airbyte_generation_id, _airbyte_meta) FROM things ORDER BY f"))
                .containsExactly("1 0 {\"changes\": [], \"sync_id\": 0}", "2 1 {\"changes\": [], \"sync_id\": 3}");
    }

    @Test
    void leavesATableAloneThatNoSyncMade() {
        postgres.execute("CREATE TABLE things (f bigint)");
        postgres.execute("INSERT INTO things VALUES (1)");
        for (Stream stream : List.of(
                things("{\"type\":\"integer\"}"),
                things("{\"type\":\"integer\"}").overwrite(1),
                things("{\"type\":\"integer\"}").dedup("f"))) {
            assertThat(failure(postgres.configJson(), stream, "{\"f\":2}"))
                    .isEqualTo(
                            "CONFIG_ERROR: the table public.things exists and was not made by a sync (it has no column"
                                    + " _airbyte_raw_id); rename it, or give the stream 'things' a prefix or another schema");
        }
        assertThat(postgres.query("SELECT t::text FROM things t")).containsExactly("(1)");
    }

    @Test
    void refusesAViewInPlaceOfATable() {
        postgres.execute("CREATE VIEW things AS SELECT 1 AS f");
        assertThat(failure(postgres.configJson(), things("{\"type\":\"integer\"}"), "{\"f\":2}"))
                .isEqualTo(
                        "CONFIG_ERROR: public.things exists and is no table, and the stream 'things' needs a table of that name; rename it");
    }

    @Test
    void refusesAColumnThatEveryRowWouldLack() {
        sync(postgres.configJson(), things("{\"type\":\"integer\"}"));
        postgres.execute("ALTER TABLE things ADD COLUMN must bigint NOT NULL");
        for (Stream stream : List.of(
                things("{\"type\":\"integer\"}"),
                things("{\"type\":\"integer\"}").overwrite(2))) {
            assertThat(failure(postgres.configJson(), stream, "{\"f\":2}"))
                    .contains("CONFIG_ERROR", "\"must\"", "NOT NULL");
        }
    }

    @Test
    void saysThatAViewHoldsAColumnInItsType() {
        sync(postgres.configJson(), things("{\"type\":\"integer\"}"), "{\"f\":1}");
        postgres.execute("CREATE VIEW seen AS SELECT f FROM things");
        assertThat(failure(postgres.configJson(), things("{\"type\":\"string\"}"), "{\"f\":\"x\"}"))
                .contains("CONFIG_ERROR", "preparing the table public.things", "depend");
    }

    @Test
    void countsColumnsBeforeItSendsARow() {
        String columns = IntStream.range(0, 1597)
                .mapToObj("\"c%d\":{\"type\":\"boolean\"}"::formatted)
                .collect(Collectors.joining(","));
        assertThat(failure(postgres.configJson(), Stream.of("wide", "{" + columns + "}")))
                .contains("CONFIG_ERROR", "1,597 columns");
        assertThat(postgres.exists("wide")).isFalse();
        sync(
                postgres.configJson(),
                Stream.of("wide", "{" + columns.replace(",\"c1596\":{\"type\":\"boolean\"}", "") + "}"),
                "{\"c5\":true}");
        assertThat(postgres.query("SELECT c5 FROM wide")).containsExactly("t");
    }

    @Test
    void saysThatARowIsTooWide() {
        String columns = IntStream.range(0, 1500)
                .mapToObj("\"c%d\":{\"type\":\"integer\"}"::formatted)
                .collect(Collectors.joining(","));
        String row = IntStream.range(0, 1500).mapToObj("\"c%d\":1"::formatted).collect(Collectors.joining(","));
        assertThat(failure(postgres.configJson(), Stream.of("wide", "{" + columns + "}"), "{" + row + "}"))
                .contains("CONFIG_ERROR", "too wide", "public.wide", "select fewer columns");
    }
}
