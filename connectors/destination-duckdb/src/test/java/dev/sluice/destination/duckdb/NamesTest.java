package dev.sluice.destination.duckdb;

import static dev.sluice.destination.duckdb.TestingSync.complete;
import static dev.sluice.destination.duckdb.TestingSync.query;
import static dev.sluice.destination.duckdb.TestingSync.record;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamesTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("names.duckdb");
    }

    @Test
    void keepsNamesAsTheyAre() {
        List<String> odd =
                List.of("select", "a b", "Ünïcode 😀", "quote\"d", "dot.ted", "1st", "x".repeat(300), "É", "é");

        assertThat(Names.identifiers(odd, List.of(), List.of()))
                .allSatisfy((name, identifier) -> assertThat(identifier).isEqualTo(name));
    }

    @Test
    void tellsApartNamesThatDifferInCaseOnlyWhateverTheirOrder() {
        Map<String, String> identifiers = Names.identifiers(List.of("id", "ID", "Id"), List.of(), List.of());

        assertThat(identifiers).containsEntry("ID", "ID");
        assertThat(Set.copyOf(identifiers.values().stream().map(Names::fold).toList()))
                .hasSize(3);
        assertThat(Names.identifiers(List.of("ID", "Id", "id"), List.of(), List.of()))
                .isEqualTo(identifiers);
    }

    @Test
    void aNameThatArrivesLaterTakesNobodysColumn() {
        assertThat(Names.identifiers(List.of("id"), List.of(), List.of())).containsEntry("id", "id");

        Map<String, String> both = Names.identifiers(List.of("ID", "id"), List.of("id"), List.of());
        assertThat(both).containsEntry("id", "id");

        assertThat(Names.identifiers(List.of("ID"), both.values(), List.of()))
                .as("and keeps its own when the first one is gone")
                .containsEntry("ID", both.get("ID"));
    }

    @Test
    void nobodyGetsAirbytesColumns() {
        assertThat(Names.identifiers(List.of("_Airbyte_Meta"), List.of(), Set.of("_airbyte_meta")))
                .satisfies(identifiers ->
                        assertThat(identifiers.get("_Airbyte_Meta")).startsWith("_Airbyte_Meta_"));
    }

    @Test
    void namesThatDuckdbCannotHaveGetOneThatItCan() {
        assertThat(Names.identifiers(List.of("", "a\0b"), List.of(), List.of()).values())
                .containsExactly("unnamed", "a_b");
    }

    @Test
    void syncsColumnsOfEveryName() {
        String properties = """
                {"id":{"type":"integer"},"Id":{"type":"integer"},"":{"type":"integer"},"se\\"lect":{"type":"integer"},
                "_airbyte_raw_id":{"type":"integer"}}""";
        for (int i = 0; i < 2; i++) {
            TestingSync.Result result = TestingSync.into(file()).stream("My 'stream'", properties)
                    .run(
                            record("My 'stream'", "{\"id\":1,\"Id\":2,\"\":3,\"se\\\"lect\":4,\"_airbyte_raw_id\":5}"),
                            complete("My 'stream'"));
            assertThat(result.error()).isEqualTo("no error");
        }

        assertThat(query(
                        file(),
                        "SELECT COLUMNS(c -> NOT starts_with(c, '_airbyte_') OR starts_with(c, '_airbyte_raw_id_')) FROM"
                                + " \"My 'stream'\""))
                .containsExactly("1|2|3|4|5", "1|2|3|4|5");
    }

    @Test
    void streamsThatDifferInCaseOnlyHaveTablesOfTheirOwn() {
        for (List<String> names : List.of(List.of("users"), List.of("Users", "users"), List.of("users", "Users"))) {
            TestingSync sync = TestingSync.into(file());
            for (String name : names) {
                sync.stream(name, "{\"v\":{\"type\":\"string\"}}");
            }
            TestingSync.Result result = sync.run(names.stream()
                    .flatMap(name -> List.of(record(name, "{\"v\":\"%s\"}".formatted(name)), complete(name)).stream())
                    .toArray(String[]::new));
            assertThat(result.error()).isEqualTo("no error");
        }

        assertThat(query(file(), "SELECT v, count(*) FROM users GROUP BY v")).containsExactly("users|3");
        String other = query(file(), "SELECT table_name FROM duckdb_tables() WHERE table_name <> 'users'")
                .getFirst();
        assertThat(query(file(), "SELECT v, count(*) FROM \"%s\" GROUP BY v".formatted(other)))
                .containsExactly("Users|2");
    }

    @Test
    void aNamespaceIsASchema() {
        TestingSync.Result result = TestingSync.into(file()).stream("users", "{\"v\":{\"type\":\"integer\"}}")
                .namespace("names") // The name of the file, too.
                .stream("users", "{\"v\":{\"type\":\"integer\"}}")
                .namespace("temp")
                .run(
                        record("users\",\"namespace\":\"names", "{\"v\":1}"),
                        record("users\",\"namespace\":\"temp", "{\"v\":2}"),
                        complete("users\",\"namespace\":\"names"),
                        complete("users\",\"namespace\":\"temp"));

        assertThat(result.error()).isEqualTo("no error");
        assertThat(query(file(), "SELECT v FROM names.names.users UNION ALL SELECT v FROM names.temp.users"))
                .containsExactly("1", "2");
    }

    @Test
    void namespacesThatDuckdbTakesForTheSameAreRefused() {
        TestingSync.Result result = TestingSync.into(file()).stream("users", "{}").stream("users", "{}")
                .namespace("Main")
                .run();

        assertThat(result.failureType()).isEqualTo("config_error");
        assertThat(result.error()).startsWith("two streams would share the table Main.users");
    }
}
