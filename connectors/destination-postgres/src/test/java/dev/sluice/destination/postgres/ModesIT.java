package dev.sluice.destination.postgres;

import static dev.sluice.destination.postgres.TestingSync.begin;
import static dev.sluice.destination.postgres.TestingSync.cutShort;
import static dev.sluice.destination.postgres.TestingSync.failure;
import static dev.sluice.destination.postgres.TestingSync.sync;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.testing.Conversation;
import dev.sluice.destination.postgres.TestingSync.Stream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModesIT {
    private static final String PROPERTIES = """
            {"id":{"type":"integer"},"name":{"type":"string"},"updated":{"type":"integer"},\
            "_ab_cdc_deleted_at":{"type":"string","format":"date-time"}}""";
    private static final Stream PEOPLE = Stream.of("people", PROPERTIES);
    private static final Stream DEDUP = PEOPLE.dedup("id").withCursor("updated");

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

    private static ObjectNode config() {
        return postgres.configJson();
    }

    private static String person(Object id, String name, Object updated) {
        return "{\"id\":%s,\"name\":\"%s\",\"updated\":%s}".formatted(id, name, updated);
    }

    private static String deleted(int id, int updated) {
        return "{\"id\":%d,\"updated\":%d,\"_ab_cdc_deleted_at\":\"2024-01-01T00:00:00Z\"}".formatted(id, updated);
    }

    private static List<String> people() {
        return postgres.query("SELECT concat_ws(' ', id, name) FROM people ORDER BY id, name");
    }

    private static List<String> tables() {
        return postgres.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
    }

    private static List<String> indexes(String table) {
        return postgres.query("SELECT regexp_replace(indexdef, '.* USING ', '') FROM pg_indexes WHERE tablename = '%s'"
                .formatted(table));
    }

    @Test
    void laysTheTableOutAsAirbyteDoes() {
        sync(config(), Stream.of("all", """
                {"s":{"type":"string"},"b":{"type":"boolean"},"i":{"type":"integer"},"n":{"type":"number"},
                "d":{"type":"string","format":"date"},"tz":{"type":"string","format":"date-time"},
                "ts":{"type":"string","format":"date-time","airbyte_type":"timestamp_without_timezone"},
                "tt":{"type":"string","format":"time"},
                "t":{"type":"string","format":"time","airbyte_type":"time_without_timezone"},
                "o":{"type":"object"},"a":{"type":"array"},"u":{"oneOf":[{"type":"string"},{"type":"integer"}]}}"""));

        assertThat(postgres.query("""
                SELECT column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
                FROM information_schema.columns WHERE table_name = 'all' ORDER BY ordinal_position"""))
                .containsExactly(
                        "_airbyte_raw_id character varying NOT NULL",
                        "_airbyte_extracted_at timestamp with time zone NOT NULL",
                        "_airbyte_meta jsonb NOT NULL",
                        "_airbyte_generation_id bigint NOT NULL",
                        "s character varying",
                        "b boolean",
                        "i bigint",
                        "n numeric",
                        "d date",
                        "tz timestamp with time zone",
                        "ts timestamp without time zone",
                        "tt time with time zone",
                        "t time without time zone",
                        "o jsonb",
                        "a jsonb",
                        "u jsonb");
    }

    @Test
    void leavesNothingButTheTables() {
        sync(config(), DEDUP, person(1, "ada", 1));
        sync(config(), DEDUP, person(1, "ada", 2));
        sync(config(), Stream.of("cats", PROPERTIES).overwrite(1), person(1, "tom", 1));

        assertThat(tables()).containsExactly("cats", "people");
    }

    @Test
    void letsANullCursorLoseAndTheLaterArrivalWinATie() {
        sync(config(), DEDUP, person(1, "null", "null"), person(2, "null", "null"), person(3, "old", 5));
        sync(config(), DEDUP, person(1, "five", 5), person(3, "null", "null"));
        assertThat(people()).containsExactly("1 five", "2 null", "3 old");

        try (Conversation write = begin(config(), DEDUP)) {
            write.say(
                            DEDUP.record(person(1, "by an early clock", 5), 1_750_000_000_000L),
                            DEDUP.record(person(2, "later null", "null"), 1_770_000_000_000L),
                            DEDUP.record(person(3, "later", 5), 1_770_000_000_000L))
                    .say(DEDUP.complete())
                    .end()
                    .succeeded();
        }
        assertThat(people()).containsExactly("1 by an early clock", "2 later null", "3 later");

        sync(config(), DEDUP, person(2, "last null", "null"), person(4, "one", 1), person(4, "null", "null"));
        assertThat(people()).containsExactly("1 by an early clock", "2 last null", "3 later", "4 one");
    }

    @Test
    void goesByTheArrivalWithoutACursor() {
        Stream stream = PEOPLE.dedup("id");
        for (long clock : List.of(1_760_000_000_000L, 1_750_000_000_000L)) {
            try (Conversation write = begin(config(), stream)) {
                write.say(
                                stream.record(person(1, "first by " + clock, 2), clock),
                                stream.record(person(1, "last by " + clock, 1), clock - 1))
                        .say(stream.complete())
                        .end()
                        .succeeded();
            }
            assertThat(people()).containsExactly("1 last by " + clock);
        }
    }

    /// Where a row lies in the table is not when it came: what is left free on a page is filled later.
    @Test
    void goesByTheArrivalWhateverTheRowsSizes() {
        Stream stream = PEOPLE.dedup("id");
        Random random = new Random(5);
        try (Conversation write = begin(config(), stream)) {
            for (int version = 1; version <= 60; version++) {
                for (int id = 0; id < 50; id++) {
                    write.say(stream.record(person(id, letters(random, random.nextInt(1800)), version)));
                }
                if (version % 20 == 0) {
                    write.say(stream.state());
                    write.hear("STATE");
                }
            }
            write.say(stream.complete()).end().succeeded();
        }
        assertThat(postgres.query("SELECT count(*) FILTER (WHERE updated = 60) || ' of ' || count(*) FROM people"))
                .containsExactly("50 of 50");
    }

    /// A continued staging table has rows of several processes, each with a clock of its own.
    @Test
    void goesByTheArrivalOfRowsThatWereNotMergedYet() {
        Stream stream = PEOPLE.dedup("id");
        cutShort(config(), stream, person(1, "first", 1), person(2, "first", 1));
        String staging = tables().stream()
                .filter(table -> table.contains("_staging_"))
                .findFirst()
                .orElseThrow();
        // Ids of a process that ran later, by its clock.
        postgres.execute("UPDATE %s SET _airbyte_raw_id = 'f' || _airbyte_raw_id".formatted(staging));

        sync(config(), stream, person(1, "second", 1));

        assertThat(people()).containsExactly("1 second", "2 first");
    }

    /// Random, so that the server cannot compress them.
    private static String letters(Random random, int count) {
        return random.ints(count, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void removesDeletedRowsUnlessTheDeletionIsStale() {
        sync(config(), DEDUP, person(1, "ada", 1), person(2, "bob", 1), person(3, "eve", 9), deleted(4, 1));
        assertThat(people()).containsExactly("1 ada", "2 bob", "3 eve");

        sync(config(), DEDUP, deleted(1, 2), deleted(2, 2), person(2, "bob again", 3), deleted(3, 8), deleted(5, 1));

        assertThat(people()).containsExactly("2 bob again", "3 eve");
    }

    @Test
    void keepsATombstoneWhenDeletionsAreSoft() {
        ObjectNode config = config().put("cdc_deletion_mode", "Soft delete");
        sync(config, DEDUP, person(1, "ada", 1), person(2, "bob", 1));

        sync(config, DEDUP, deleted(1, 2));

        assertThat(people()).containsExactly("1", "2 bob");
        assertThat(postgres.query("SELECT id FROM people WHERE _ab_cdc_deleted_at IS NOT NULL"))
                .containsExactly("1");
    }

    @Test
    void takesNullForAKeyLikeAnyOther() {
        Stream stream = PEOPLE.dedup("id", "name").withCursor("updated");
        String[] rows = {
            "{\"id\":1,\"updated\":1}", "{\"name\":\"x\",\"updated\":1}", "{\"updated\":1}", person(1, "x", 1)
        };
        for (int round = 0; round < 3; round++) {
            sync(config(), stream, rows);
            assertThat(postgres.query("SELECT count(*) FROM people")).containsExactly("4");
        }
        sync(config(), stream, "{\"id\":1,\"updated\":2}");
        assertThat(postgres.query("SELECT updated FROM people WHERE id = 1 AND name IS NULL"))
                .containsExactly("2");
        assertThat(postgres.query("SELECT count(*) FROM people")).containsExactly("4");
    }

    @Test
    void takesLongTextsForKeys() {
        String key = letters(new Random(3), 10_000);
        Stream stream = PEOPLE.dedup("name").withCursor("updated");

        sync(config(), stream, person(1, key, 1), person(2, "short", 1));
        sync(config(), stream, person(3, key, 2));

        assertThat(postgres.query("SELECT id FROM people ORDER BY id")).containsExactly("2", "3");
        assertThat(indexes("people")).containsExactly("hash (name)");
    }

    @Test
    void buildsOneIndexOnTheKey() {
        sync(config(), DEDUP, person(1, "ada", 1));
        sync(config(), DEDUP, person(1, "ada", 2));
        assertThat(indexes("people")).containsExactly("btree (id)");

        sync(config(), DEDUP.generation(2, 2), person(2, "bob", 1));
        assertThat(people()).containsExactly("2 bob");
        assertThat(indexes("people")).containsExactly("btree (id)");
    }

    @Test
    void continuesRowsThatWereNotMergedYet() {
        sync(config(), DEDUP, person(1, "ada", 1));
        cutShort(config(), DEDUP, person(1, "ada lovelace", 2), person(2, "bob", 1));
        assertThat(people()).containsExactly("1 ada");

        sync(config(), DEDUP, person(3, "eve", 1));

        assertThat(people()).containsExactly("1 ada lovelace", "2 bob", "3 eve");
    }

    @Test
    void keepsTheRowsOfAReplacementThatIsGivenUp() {
        sync(config(), PEOPLE.overwrite(1), person(1, "ada", 1));
        cutShort(config(), PEOPLE.overwrite(2), person(2, "bob", 1));

        sync(config(), PEOPLE.generation(2, 0), person(3, "eve", 1));

        assertThat(people()).containsExactly("1 ada", "2 bob", "3 eve");
        assertThat(tables()).containsExactly("people");
    }

    @Test
    void addsToAReplacementOfTheSameGenerationThatWasComplete() {
        sync(config(), PEOPLE.overwrite(1), person(1, "ada", 1));
        sync(config(), PEOPLE.overwrite(2), person(2, "bob", 1));
        // The sync failed on another stream, and this is its second attempt.
        sync(config(), PEOPLE.overwrite(2), person(3, "eve", 1));

        assertThat(people()).containsExactly("2 bob", "3 eve");
    }

    @Test
    void replacesEachTimeWhenTheRunnerCountsNoGenerations() {
        sync(config(), PEOPLE.overwrite(0), person(1, "ada", 1));
        cutShort(config(), PEOPLE.overwrite(0), person(2, "bob", 1));
        sync(config(), PEOPLE.overwrite(0), person(3, "eve", 1));

        assertThat(people()).containsExactly("3 eve");
    }

    @Test
    void mergesAReplacementThatIsDeduplicated() {
        Stream first = DEDUP.generation(1, 1);
        sync(config(), first, person(1, "ada", 1), person(1, "ada again", 2), deleted(2, 1));
        assertThat(people()).containsExactly("1 ada again");
        Stream second = DEDUP.generation(2, 2);
        cutShort(config(), second, person(1, "new ada", 1), person(3, "eve", 1));
        assertThat(people()).containsExactly("1 ada again");

        sync(config(), second, person(3, "eve again", 2));
        assertThat(people()).containsExactly("1 new ada", "3 eve again");

        sync(config(), second, person(3, "eve thrice", 3));
        assertThat(people()).containsExactly("1 new ada", "3 eve thrice");
    }

    @Test
    void refusesToReplaceInPart() {
        sync(config(), PEOPLE, person(1, "ada", 1));

        assertThat(failure(config(), PEOPLE.generation(5, 3), person(2, "bob", 1)))
                .isEqualTo("CONFIG_ERROR: the stream 'people' has the generation 5 and the minimum generation 3;"
                        + " rows can be kept (minimum 0) or replaced (minimum 5), not in part");
        assertThat(people()).containsExactly("1 ada");
    }

    @Test
    void needsAKeyOfTopLevelColumns() {
        assertThat(failure(config(), PEOPLE.dedup())).contains("CONFIG_ERROR", "no primary key");
        assertThat(failure(config(), PEOPLE.dedup("nowhere"))).contains("CONFIG_ERROR", "'nowhere'");
        assertThat(failure(config(), PEOPLE.dedup("id").withCursor("nowhere"))).contains("CONFIG_ERROR", "'nowhere'");
        assertThat(tables()).isEmpty();
    }

    @Test
    void neverShowsReadersAnEmptyTable() throws Exception {
        sync(config(), PEOPLE.overwrite(1), person(1, "ada", 1));
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Integer> fewest = CompletableFuture.supplyAsync(() -> {
            int least = Integer.MAX_VALUE;
            try (Connection reader = postgres.connect();
                    Statement statement = reader.createStatement()) {
                while (!stop.get()) {
                    try (ResultSet result = statement.executeQuery("SELECT count(*) FROM people")) {
                        result.next();
                        least = Math.min(least, result.getInt(1));
                    }
                }
            } catch (SQLException e) {
                // A table that is missing for a moment ends here.
                throw new AssertionError(e);
            }
            return least;
        });
        try {
            for (int generation = 2; generation < 12; generation++) {
                sync(config(), PEOPLE.overwrite(generation), person(generation, "eve", 1));
            }
        } finally {
            stop.set(true);
        }
        assertThat(fewest.get()).isEqualTo(1);
    }

    @Test
    void keepsWhatHangsOnATableThatIsReplaced() {
        sync(config(), PEOPLE.overwrite(1), person(1, "ada", 1));
        postgres.execute("CREATE VIEW names AS SELECT name FROM people");
        postgres.execute("GRANT SELECT ON people TO PUBLIC");

        sync(config(), PEOPLE.overwrite(2), person(2, "bob", 1));

        assertThat(postgres.query("SELECT name FROM names")).containsExactly("bob");
        assertThat(postgres.query("SELECT relacl FROM pg_class WHERE relname = 'people'")
                        .getFirst())
                .contains("=r/");
        assertThat(tables()).containsExactly("people");
    }

    @Test
    void dropsWhatHangsOnATableWhenToldTo() {
        sync(config(), PEOPLE.overwrite(1), person(1, "ada", 1));
        postgres.execute("CREATE VIEW names AS SELECT name FROM people");

        sync(config().put("drop_cascade", true), PEOPLE.overwrite(2), person(2, "bob", 1));

        assertThat(postgres.exists("names")).isFalse();
        assertThat(people()).containsExactly("2 bob");
    }

    @Test
    void keepsAnIndexOfTheUsersOwn() {
        sync(config(), PEOPLE.overwrite(1), person(1, "ada", 1));
        postgres.execute("CREATE INDEX mine ON people (name)");

        sync(config(), PEOPLE.overwrite(2), person(2, "bob", 1));

        assertThat(indexes("people")).containsExactly("btree (name)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CREATE INDEX idx_name ON people (name) | SELECT indexname FROM pg_indexes WHERE tablename = 'people'",
                "CREATE INDEX other_pk_0123abcd ON people (name) | SELECT indexname FROM pg_indexes WHERE tablename = 'people'",
                "CREATE INDEX people_pk_by_names ON people (name) | SELECT indexname FROM pg_indexes WHERE tablename = 'people'",
                "ALTER TABLE people ADD COLUMN note text | SELECT attname FROM pg_attribute WHERE attrelid = 'people'::regclass AND attname = 'note'",
                "CREATE STATISTICS mine ON id, name FROM people | SELECT stxname FROM pg_statistic_ext",
                "ALTER TABLE people REPLICA IDENTITY FULL | SELECT relname FROM pg_class WHERE relreplident = 'f' AND relkind = 'r' AND oid > 16384",
                "ALTER TABLE people SET (fillfactor = 70) | SELECT reloptions FROM pg_class WHERE relname = 'people'",
            })
    void keepsWhatTheUserDidToATableThatIsReplaced(String change, String look) {
        sync(config(), PEOPLE.overwrite(1), person(1, "ada", 1));
        postgres.execute(change);
        List<String> changed = postgres.query(look);

        sync(config(), PEOPLE.overwrite(2), person(2, "bob", 1));

        assertThat(postgres.query(look)).isEqualTo(changed).hasSize(1).doesNotContainNull();
        assertThat(people()).containsExactly("2 bob");
        assertThat(tables()).containsExactly("people");
    }

    @Test
    void putsANewTableInThePlaceOfOneThatHasOurIndexOnly() {
        String name = "people_".repeat(8);
        Stream stream = Stream.of(name, PROPERTIES).dedup("id");
        String table = "SELECT '%s'::regclass::oid".formatted(name);
        sync(config(), stream.generation(1, 1), person(1, "ada", 1));
        List<String> before = postgres.query(table);
        assertThat(indexes(name)).containsExactly("btree (id)");

        sync(config(), stream.generation(2, 2), person(2, "bob", 1));

        assertThat(postgres.query(table)).isNotEqualTo(before);
        assertThat(indexes(name)).containsExactly("btree (id)");
    }

    @Test
    void namesTheConstraintThatARowBreaks() {
        sync(config(), PEOPLE, person(1, "ada", 1));
        postgres.execute("ALTER TABLE people ADD CONSTRAINT one_of_each UNIQUE (id)");

        assertThat(failure(config(), PEOPLE, person(1, "ada", 2)))
                .contains("CONFIG_ERROR", "one_of_each", "public.people");
        assertThat(people()).containsExactly("1 ada");
    }

    @Test
    void mixesStreamsWithLongValues() {
        Stream cats = Stream.of("cats", PROPERTIES);
        String text = "miaow ".repeat(50_000);
        try (Conversation write = begin(config(), PEOPLE, cats)) {
            for (int i = 0; i < 20; i++) {
                write.say(PEOPLE.record(person(i, text + i, i)), cats.record(person(i, i % 3 == 0 ? text : "tom", i)));
            }
            write.say(PEOPLE.complete(), cats.complete()).end().succeeded();
        }
        assertThat(
                        postgres.query(
                                "SELECT count(*) FROM people WHERE length(name) BETWEEN 300001 AND 300002 AND right(name, 1) = right(id::text, 1)"))
                .containsExactly("20");
        assertThat(postgres.query("SELECT sum(length(name)) FROM cats")).containsExactly("" + (7 * 300_000 + 13 * 3));
    }

    @Test
    void tellsStreamsApartWhoseNamesAreSpelledAlike() {
        Stream one = Stream.of("a b", PROPERTIES);
        Stream two = Stream.of("a-b", PROPERTIES);
        try (Conversation write = begin(config(), one, two)) {
            write.say(one.record(person(1, "one", 1)), two.record(person(2, "two", 1)))
                    .say(one.complete(), two.complete())
                    .end()
                    .succeeded();
        }
        assertThat(tables()).hasSize(2).allMatch(name -> name.matches("a_b_[0-9a-f]{8}"));
        // Alone, a stream keeps the table it had.
        sync(config(), one, person(3, "three", 1));
        assertThat(tables()).hasSize(2);
    }
}
