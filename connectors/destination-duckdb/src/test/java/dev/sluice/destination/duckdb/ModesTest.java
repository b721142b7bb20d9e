package dev.sluice.destination.duckdb;

import static dev.sluice.destination.duckdb.TestingSync.complete;
import static dev.sluice.destination.duckdb.TestingSync.execute;
import static dev.sluice.destination.duckdb.TestingSync.query;
import static dev.sluice.destination.duckdb.TestingSync.record;
import static dev.sluice.destination.duckdb.TestingSync.state;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is in the table after one sync and the next.
class ModesTest {
    private static final String USERS = """
            {"id":{"type":"integer"},"name":{"type":"string"},"at":{"type":"integer"}}""";

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("modes.duckdb");
    }

    private TestingSync users() {
        return TestingSync.into(file()).stream("users", USERS);
    }

    private static String user(int id, String name) {
        return record("users", "{\"id\":%d,\"name\":\"%s\"}".formatted(id, name));
    }

    private static String user(int id, String name, Integer at) {
        return record("users", "{\"id\":%d,\"name\":\"%s\",\"at\":%s}".formatted(id, name, at));
    }

    private List<String> names() {
        return query(file(), "SELECT id, name FROM users ORDER BY ALL");
    }

    private List<String> tables() {
        return query(file(), "SELECT table_name FROM duckdb_tables() ORDER BY 1");
    }

    private static void succeeds(TestingSync.Result result) {
        assertThat(result.error()).isEqualTo("no error");
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void appendKeepsTheRowsOfEverySync() {
        succeeds(users().run(user(1, "Ada"), state("users", 1), complete("users")));
        succeeds(users().generation(2, 0).run(user(1, "Ada"), complete("users")));

        assertThat(query(file(), "SELECT id, name, _airbyte_generation_id FROM users ORDER BY ALL"))
                .containsExactly("1|Ada|1", "1|Ada|2");
    }

    @Test
    void returnsEachStateWithItsCounts() {
        TestingSync.Result result = users().run(
                        user(1, "a"),
                        user(2, "b"),
                        state("users", 1),
                        user(3, "c"),
                        state("users", 2),
                        complete("users"));

        assertThat(result.states())
                .extracting(state -> state.at("/state/stream/stream_state/n").asInt()
                        + ": "
                        + state.at("/state/destinationStats/recordCount").asInt())
                .containsExactly("1: 2", "2: 1");
    }

    @Test
    void appendKeepsWhatArrivedBeforeTheStreamBroke() {
        TestingSync.Result result = users().run(user(1, "Ada"), state("users", 1));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.failureType()).isEqualTo("transient_error");
        assertThat(names()).containsExactly("1|Ada");
    }

    @Test
    void overwriteReplacesTheRowsWhenTheStreamIsComplete() {
        succeeds(users().overwrite(1).run(user(1, "old"), complete("users")));
        succeeds(users().overwrite(2).run(user(2, "new"), complete("users")));

        assertThat(names()).containsExactly("2|new");
        assertThat(tables()).containsExactly("users");
    }

    @Test
    void overwriteWithoutRowsEmptiesTheTable() {
        succeeds(users().overwrite(1).run(user(1, "old"), complete("users")));
        succeeds(users().overwrite(2).run(complete("users")));

        assertThat(names()).isEmpty();
        assertThat(tables()).containsExactly("users");
    }

    @Test
    void overwriteKeepsTheOldRowsWhenTheStreamBreaks() {
        succeeds(users().overwrite(1).run(user(1, "old"), complete("users")));
        users().overwrite(2).run(user(2, "new"), state("users", 1));

        assertThat(names()).containsExactly("1|old");
    }

    @Test
    void theSameGenerationContinuesWhatAnEarlierAttemptBegan() {
        succeeds(users().overwrite(1).run(user(1, "old"), complete("users")));
        users().overwrite(2).run(user(2, "first attempt"), state("users", 1));
        succeeds(users().overwrite(2).run(user(3, "second attempt"), complete("users")));

        assertThat(names()).containsExactly("2|first attempt", "3|second attempt");
        assertThat(tables()).containsExactly("users");
    }

    @Test
    void aHigherGenerationDropsWhatAnEarlierAttemptBegan() {
        users().overwrite(2).run(user(2, "first attempt"), state("users", 1));
        succeeds(users().overwrite(3).run(user(3, "second attempt"), complete("users")));

        assertThat(names()).containsExactly("3|second attempt");
    }

    @Test
    void aGenerationThatIsCompleteAlreadyIsContinuedToo() {
        succeeds(users().overwrite(2).run(user(1, "before the runner died"), state("users", 1), complete("users")));
        succeeds(users().overwrite(2).run(user(2, "after"), complete("users")));

        assertThat(names()).containsExactly("1|before the runner died", "2|after");
    }

    @Test
    void appendTakesInWhatAnOverwriteLeftUnfinished() {
        succeeds(users().overwrite(1).run(user(1, "old"), complete("users")));
        users().overwrite(2).run(user(2, "acknowledged"), state("users", 1));
        succeeds(users().generation(2, 0).run(user(3, "new"), complete("users")));

        assertThat(names()).containsExactly("1|old", "2|acknowledged", "3|new");
        assertThat(tables()).containsExactly("users");
    }

    @Test
    void anOldPlatformsOverwriteKnowsNoGenerations() {
        for (String name : List.of("old", "new")) {
            succeeds(users().overwrite(0)
                    .with("generation_id", null)
                    .with("minimum_generation_id", null)
                    .with("sync_id", null)
                    .run(user(1, name), complete("users")));
        }

        assertThat(names()).containsExactly("1|new");
    }

    @Test
    void refusesToKeepSomeGenerationsOnly() {
        succeeds(users().run(user(1, "Ada"), complete("users")));
        TestingSync.Result result = users().generation(3, 2).run(user(2, "Bo"), complete("users"));

        assertThat(result.failureType()).isEqualTo("config_error");
        assertThat(result.error())
                .isEqualTo("the stream 'users' asks to keep some generations and not others (generation_id 3,"
                        + " minimum_generation_id 2); the minimum is 0 or the generation itself");
        assertThat(names()).containsExactly("1|Ada");
    }

    @Test
    void dedupKeepsTheRowWithTheHighestCursorWhateverTheOrder() {
        succeeds(users().dedup("at", "id")
                .run(user(1, "newest", 9), user(1, "older", 5), user(2, "only", null), complete("users")));
        succeeds(users().dedup("at", "id").run(user(1, "stale", 7), user(2, "later", 1), complete("users")));

        assertThat(names()).containsExactly("1|newest", "2|later");
        assertThat(tables()).containsExactly("users");
    }

    @Test
    void dedupByTheArrivalWhenThereIsNoCursor() {
        succeeds(users().dedup(null, "id")
                .run(
                        record("users", 2000, "{\"id\":1,\"name\":\"first\"}"),
                        record("users", 1000, "{\"id\":1,\"name\":\"second\"}"),
                        complete("users")));
        assertThat(names()).containsExactly("1|second");

        succeeds(users().dedup(null, "id")
                .run(record("users", 500, "{\"id\":1,\"name\":\"third\"}"), complete("users")));
        assertThat(names()).containsExactly("1|third");

        users().dedup(null, "id").run(record("users", 3000, "{\"id\":1,\"name\":\"fourth\"}"), state("users", 1));
        succeeds(users().dedup(null, "id")
                .run(record("users", 100, "{\"id\":1,\"name\":\"fifth\"}"), complete("users")));
        assertThat(names()).containsExactly("1|fifth");
    }

    @Test
    void ofTwoRowsThatAreEquallyNewTheOneThatArrivedLastStays() {
        succeeds(users().dedup("at", "id").run(user(1, "first", 1), user(1, "last", 1), complete("users")));

        assertThat(names()).containsExactly("1|last");
    }

    @Test
    void aNullCursorNeverReplacesARealOne() {
        succeeds(users().dedup("at", "id").run(user(1, "has one", 1), complete("users")));
        succeeds(users().dedup("at", "id")
                .run(record("users", 1_800_000_000_000L, "{\"id\":1,\"name\":\"has none\"}"), complete("users")));

        assertThat(names()).containsExactly("1|has one");
    }

    @Test
    void mergingTheSameRowsAgainChangesNothing() {
        String[] lines = {
            user(1, "a", 1),
            record("users", "{\"id\":null,\"name\":\"no key\",\"at\":1}"),
            user(2, "b", null),
            complete("users")
        };
        succeeds(users().dedup("at", "id").run(lines));
        String values = "SELECT * EXCLUDE (_airbyte_raw_id) FROM users ORDER BY ALL";
        List<String> before = query(file(), values);
        succeeds(users().dedup("at", "id").run(lines));

        assertThat(query(file(), values)).isEqualTo(before).hasSize(3);
    }

    @Test
    void refusesKeysThatWouldBeEqualOnceRounded() {
        TestingSync.Result result = TestingSync.into(file()).stream("prices", "{\"id\":{\"type\":\"number\"}}")
                .dedup(null, "id")
                .run(
                        record("prices", "{\"id\":0.123456789}"),
                        record("prices", "{\"id\":0.1234567891}"),
                        complete("prices"));

        assertThat(result.failureType()).isEqualTo("config_error");
        assertThat(result.error())
                .isEqualTo(
                        "a record of the stream 'prices' has a value in its key column 'id' (number) that has more"
                                + " digits than the column keeps, and rows that lose their key would be taken for one; choose"
                                + " another key, or a destination mode that needs none, or let the source declare another type");
    }

    @Test
    void comparesAllColumnsOfACompositeKey() {
        succeeds(users().dedup("at", "id", "name").run(user(1, "a", 1), user(1, "b", 1), complete("users")));
        succeeds(users().dedup("at", "id", "name").run(user(1, "a", 2), complete("users")));

        assertThat(query(file(), "SELECT id, name, \"at\" FROM users ORDER BY ALL"))
                .containsExactly("1|a|2", "1|b|1");
    }

    @Test
    void dedupFindsTheAcknowledgedRowsOfAnAttemptThatBroke() {
        succeeds(users().dedup("at", "id").run(user(1, "a", 1), complete("users")));
        users().dedup("at", "id").run(user(2, "acknowledged", 1), state("users", 1));
        assertThat(names()).containsExactly("1|a");

        succeeds(users().dedup("at", "id").run(user(3, "c", 1), complete("users")));
        assertThat(names()).containsExactly("1|a", "2|acknowledged", "3|c");
        assertThat(tables()).containsExactly("users");
    }

    @Test
    void overwriteWithDedupReplacesAndKeepsOneRowPerKey() {
        succeeds(users().dedup("at", "id").run(user(1, "old", 9), user(5, "gone", 1), complete("users")));
        succeeds(users().dedup("at", "id")
                .generation(2, 2)
                .run(user(1, "a", 1), user(1, "b", 2), user(2, "c", 1), complete("users")));

        assertThat(names()).containsExactly("1|b", "2|c");
        assertThat(tables()).containsExactly("users");
    }

    @Test
    void overwriteWithDedupContinuesAGenerationThatIsCompleteAlready() {
        succeeds(users().dedup("at", "id").generation(2, 2).run(user(1, "a", 1), user(2, "b", 1), complete("users")));
        users().dedup("at", "id").generation(2, 2).run(user(2, "broke", 2), state("users", 1));
        succeeds(users().dedup("at", "id").generation(2, 2).run(user(3, "c", 1), complete("users")));

        assertThat(names()).containsExactly("1|a", "2|broke", "3|c");
    }

    @Test
    void deletedRowsOfAChangeLogAreDeleted() {
        String properties = """
                {"id":{"type":"integer"},"name":{"type":"string"},"lsn":{"type":"integer"},
                "_ab_cdc_deleted_at":{"type":"string","format":"date-time"}}""";
        String upsert = "{\"id\":%d,\"name\":\"%s\",\"lsn\":%d}";
        String delete = "{\"id\":%d,\"lsn\":%d,\"_ab_cdc_deleted_at\":\"2024-01-01T00:00:00Z\"}";
        succeeds(TestingSync.into(file()).stream("users", properties)
                .dedup("lsn", "id")
                .run(
                        record("users", upsert.formatted(1, "a", 1)),
                        record("users", upsert.formatted(2, "b", 5)),
                        record("users", upsert.formatted(3, "born and gone", 1)),
                        record("users", delete.formatted(3, 2)),
                        complete("users")));
        assertThat(names()).containsExactly("1|a", "2|b");

        succeeds(TestingSync.into(file()).stream("users", properties)
                .dedup("lsn", "id")
                .run(
                        record("users", delete.formatted(1, 9)),
                        record("users", delete.formatted(2, 4)),
                        record("users", delete.formatted(4, 4)),
                        record("users", delete.formatted(5, 1)),
                        record("users", upsert.formatted(5, "reborn", 2)),
                        complete("users")));
        assertThat(names()).containsExactly("2|b", "5|reborn");
    }

    @Test
    void dedupNeedsAKeyAmongTheColumns() {
        assertThat(users().dedup("at").run().error())
                .isEqualTo("the stream 'users' is to be deduplicated and has no primary key; choose one, or append");
        assertThat(users().dedup("at", "uuid").run().error())
                .isEqualTo("the primary key 'uuid' of the stream 'users' is not one of its columns; deduplication needs"
                        + " a top-level column");
        assertThat(users().dedup("when", "id").run().error())
                .isEqualTo("the cursor 'when' of the stream 'users' is not one of its columns; deduplication needs a"
                        + " top-level column");
    }

    @Test
    void addsColumnsAndNeverDropsOne() {
        succeeds(users().run(user(1, "Ada", 1), complete("users")));
        succeeds(TestingSync.into(file()).stream(
                        "users", "{\"id\":{\"type\":\"integer\"},\"email\":{\"type\":\"string\"}}")
                .run(record("users", "{\"id\":2,\"email\":\"b@x\"}"), complete("users")));

        assertThat(query(file(), "SELECT id, name, \"at\", email FROM users ORDER BY id"))
                .containsExactly("1|Ada|1|null", "2|null|null|b@x");
    }

    @Test
    void widensTypesWithoutLosingValues() {
        String[] columns = {"a", "b", "c", "d", "e"};
        String[] before = {
            "{\"type\":\"integer\"}",
            "{\"type\":\"integer\"}",
            "{\"type\":\"string\"}",
            "{\"type\":\"object\"}",
            "{\"type\":\"string\",\"format\":\"date\"}"
        };
        String[] after = {
            "{\"type\":\"number\"}",
            "{\"type\":\"string\"}",
            "{\"type\":[\"string\",\"object\"]}",
            "{\"type\":\"string\"}",
            "{\"type\":\"string\",\"format\":\"date-time\"}"
        };
        succeeds(TestingSync.into(file()).stream("t", properties(columns, before))
                .run(record("t", "{\"a\":1,\"b\":2,\"c\":\"x\",\"d\":{\"k\":1},\"e\":\"2024-02-29\"}"), complete("t")));
        succeeds(TestingSync.into(file()).stream("t", properties(columns, after))
                .run(
                        record("t", "{\"a\":1.5,\"b\":\"y\",\"c\":{},\"d\":\"z\",\"e\":\"2024-03-01T01:02:03Z\"}"),
                        complete("t")));

        assertThat(query(file(), "SELECT a, b, c, d, e::VARCHAR FROM t ORDER BY a"))
                .containsExactly(
                        "1.000000000|2|\"x\"|{\"k\":1}|2024-02-29 00:00:00+00",
                        "1.500000000|y|{}|z|2024-03-01 01:02:03+00");
    }

    private static String properties(String[] names, String[] types) {
        StringBuilder properties = new StringBuilder();
        for (int i = 0; i < names.length; i++) {
            properties.append(i == 0 ? "{" : ",").append("\"%s\":%s".formatted(names[i], types[i]));
        }
        return properties.append('}').toString();
    }

    @Test
    void refusesATypeThatWouldLoseValues() {
        succeeds(users().run(user(1, "Ada"), complete("users")));
        TestingSync.Result result = TestingSync.into(file()).stream("users", "{\"name\":{\"type\":\"integer\"}}")
                .run(complete("users"));

        assertThat(result.failureType()).isEqualTo("config_error");
        assertThat(result.error())
                .isEqualTo("the column \"name\" of main.users is VARCHAR, and the stream 'users' now has BIGINT, which"
                        + " would lose values; rename or drop the column, or overwrite the table with a full refresh");
        assertThat(names()).containsExactly("1|Ada");
    }

    @Test
    void overwriteTakesTheTypesOfTheNewSchema() {
        succeeds(users().overwrite(1).run(user(1, "Ada"), complete("users")));
        succeeds(TestingSync.into(file()).stream("users", "{\"name\":{\"type\":\"integer\"}}")
                .overwrite(2)
                .run(record("users", "{\"name\":5}"), complete("users")));

        assertThat(query(file(), "SELECT typeof(name), name FROM users")).containsExactly("BIGINT|5");
    }

    @Test
    void aTableThatSomebodyElseMadeStaysUntouched() {
        execute(file(), "CREATE TABLE users (id INTEGER)", "INSERT INTO users VALUES (1)");
        for (TestingSync sync : List.of(users(), users().overwrite(1), users().dedup("at", "id"))) {
            TestingSync.Result result = sync.run(user(2, "Bo"), complete("users"));

            assertThat(result.failureType()).isEqualTo("config_error");
            assertThat(result.error())
                    .isEqualTo("the table main.users exists and was not made by a sync (it has no column"
                            + " _airbyte_raw_id); rename it, or give the stream 'users' a prefix or another schema");
        }
        assertThat(query(file(), "FROM users")).containsExactly("1");
        assertThat(tables()).containsExactly("users");
    }

    @Test
    void aViewOfThatNameIsNotReplaced() {
        execute(file(), "CREATE VIEW users AS SELECT 1 AS id");

        assertThat(users().overwrite(1).run(complete("users")).error())
                .isEqualTo("main.users is a view, and the stream 'users' needs a table of that name; rename it");
    }

    @Test
    void continuesATableThatPyAirbyteMade() {
        execute(
                file(),
                "CREATE TABLE users (id BIGINT, name VARCHAR, _airbyte_raw_id VARCHAR, _airbyte_extracted_at"
                        + " TIMESTAMP, _airbyte_meta JSON)",
                "INSERT INTO users VALUES (1, 'Ada', 'x', '2024-01-01', '{}')");
        succeeds(users().dedup("at", "id").run(user(1, "Ada L.", 1), user(2, "Bo", 1), complete("users")));

        assertThat(names()).containsExactly("1|Ada L.", "2|Bo");
    }

    @Test
    void oneStreamThatBreaksDoesNotKeepTheOtherFromItsEnd() {
        TestingSync.Result result = users().overwrite(1).stream("orders", "{\"id\":{\"type\":\"integer\"}}")
                .overwrite(1)
                .run(user(1, "Ada"), record("orders", "{\"id\":1}"), complete("users"));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(tables()).containsExactly("_airbyte_staging_orders", "users");
        assertThat(names()).containsExactly("1|Ada");
    }

    @Test
    void saysWhereToLook() {
        TestingSync.Result result = users().run(user(1, "Ada"), complete("users"));

        assertThat(result.messages().getLast().at("/trace/analytics/value").asText())
                .isEqualTo("The data is in %1$s; look at it with: duckdb %1$s 'FROM main.users LIMIT 10'"
                        .formatted(file()));
    }

    @Test
    void leavesOneFileWithoutALog() throws Exception {
        succeeds(users().run(user(1, "Ada"), complete("users")));

        try (var files = Files.list(folder)) {
            assertThat(files.map(path -> path.getFileName().toString())).containsExactly("modes.duckdb");
        }
    }
}
