package dev.sluice.destination.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {
    private static String name(String name) {
        return Names.identifiers(List.of(name), StreamTable.RESERVED, _ -> false, "column")
                .get(name);
    }

    private static Map<String, String> names(String... names) {
        return Names.identifiers(List.of(names), StreamTable.RESERVED, _ -> false, "column");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "id, id",
                "Id, Id",
                "First Name, First_Name",
                "a-b.c, a_b_c",
                "naïve, naive",
                "1st, _1st",
                "select, select",
                "a\"b, a_b",
                "a   b, a_b"
            })
    void spellsOrdinaryNamesAsAirbyteDoes(String name, String identifier) {
        assertThat(name(name)).isEqualTo(identifier);
    }

    @Test
    void tellsNamesApartThatHaveNoLetterOfTheirOwn() {
        assertThat(names("表", "一", "", "_", "☃").values())
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("_|__[0-9a-f]{8}"));
        assertThat(name("")).matches("__[0-9a-f]{8}");
    }

    @Test
    void keepsTheCaseOfNames() {
        assertThat(names("Id", "id", "ID").values()).containsExactly("Id", "id", "ID");
    }

    @Test
    void avoidsAirbytesAndTheServersOwnColumns() {
        assertThat(name("_airbyte_raw_id")).matches("_airbyte_raw_id_[0-9a-f]{8}");
        assertThat(name("ctid")).matches("ctid_[0-9a-f]{8}");
        assertThat(name("xmin")).matches("xmin_[0-9a-f]{8}");
    }

    @Test
    void givesTheExactNameItsIdentifierAndTheOthersAHash() {
        Map<String, String> names = names("a b", "a_b", "a-b");
        assertThat(names.get("a_b")).isEqualTo("a_b");
        assertThat(names.get("a b")).matches("a_b_[0-9a-f]{8}");
        assertThat(names.get("a-b")).matches("a_b_[0-9a-f]{8}").isNotEqualTo(names.get("a b"));
    }

    @Test
    void keepsAHashThatIsThereThoughTheReasonIsGone() {
        String hashed = names("a b", "a-b").get("a b");
        assertThat(Names.identifiers(List.of("a b"), Set.of(), hashed::equals, "column"))
                .containsEntry("a b", hashed);
    }

    @Test
    void refusesToGuessWhoseAPlainIdentifierIs() {
        String hashed = names("a b", "a-b").get("a b");
        assertThatThrownBy(() -> Names.identifiers(List.of("a b", "a_b", "c"), Set.of(), "a_b"::equals, "column of t"))
                .hasMessage(
                        ("the column of t named \"a_b\" may belong to 'a b' or 'a_b', which PostgreSQL's names do not tell"
                                        + " apart; rename it to \"%1$s\" if it is that of 'a b', else put an empty copy of it beside"
                                        + " it under that name")
                                .formatted(hashed));
        assertThatThrownBy(() -> Names.identifiers(List.of("a b", "a-b"), Set.of(), "a_b"::equals, "column of t"))
                .hasMessageContaining("'a b' or 'a-b'");
        assertThatThrownBy(() -> Names.schemas(List.of("a b", "a_b"), "a_b"::equals))
                .hasMessageStartingWith("the schema named \"a_b\" may belong to 'a b' or 'a_b'");
        assertThat(Names.identifiers(List.of("a b", "a_b"), Set.of(), Set.of("a_b", hashed)::contains, "column"))
                .containsExactlyEntriesOf(names("a b", "a_b"));
    }

    @Test
    void knowsThatSomeNamesNeverHadAPlainIdentifier() {
        Set<String> there = Set.of("_", "ctid", "_airbyte_raw_id");
        List<String> names = List.of("表", "一", "_", "ctid", "_airbyte_raw_id", "_airbyte_raw-id");
        assertThat(Names.identifiers(names, StreamTable.RESERVED, there::contains, "column"))
                .isEqualTo(names(names.toArray(String[]::new)));
    }

    @Test
    void fitsIntoWhatPostgresKeepsOfAName() {
        String sixtyThree = "x".repeat(63);
        assertThat(name(sixtyThree)).isEqualTo(sixtyThree);
        Map<String, String> names =
                names(sixtyThree + "1", sixtyThree + "2", "é".repeat(63), "é".repeat(64), "ﷺ".repeat(20));
        assertThat(names.values()).doesNotHaveDuplicates().allMatch(name -> name.getBytes(UTF_8).length <= 63);
        assertThat(Names.staging("s".repeat(63), "t".repeat(63))).hasSize(63);
        assertThat(Names.staging("a", "t".repeat(63))).isNotEqualTo(Names.staging("b", "t".repeat(63)));
    }

    @Test
    void doesNotDependOnTheOrderOfTheNames() {
        List<String> names = new ArrayList<>(List.of("a b", "a_b", "a-b", "c d", "表", "", "1", "_1", "x".repeat(99)));
        Map<String, String> identifiers = Names.identifiers(names, Set.of(), _ -> false, "column");
        Collections.shuffle(names, new Random(5));
        assertThat(Names.identifiers(names, Set.of(), _ -> false, "column")).isEqualTo(identifiers);
    }

    @Test
    void avoidsThePrefixThatPostgresKeepsForItself() {
        assertThat(Names.schemas(List.of("pg_data", "data"), _ -> false))
                .containsEntry("data", "data")
                .extractingByKey("pg_data")
                .asString()
                .matches("_pg_data_[0-9a-f]{8}");
    }

    @Test
    void quotesForSql() {
        assertThat(Names.quote("a\"b")).isEqualTo("\"a\"\"b\"");
    }
}
