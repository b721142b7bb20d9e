package dev.sluice.cdk.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cdk.testing.Faults.Fault;
import dev.sluice.cdk.testing.JsonFileDestination.Mistake;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each test of [DestinationContract] goes red for a destination that is broken in that way.
class BrokenDestinationTest {
    @TempDir
    Path folder;

    /// What is wrong with a destination, and the test that must say so.
    enum Broken {
        NOISE(Faults.noise(), "describesItselfInOneSpecification"),
        REFUSES(Mistake.REFUSES_A_GOOD_CONFIGURATION, "worksWithTheWorkingConfiguration"),
        ACCEPTS(Mistake.ACCEPTS_A_BROKEN_CONFIGURATION, "saysWhatIsWrongWithAConfigurationThatDoesNotWork"),
        TERSE(
                Faults.lines(line -> line.startsWith("{\"type\":\"CONN") ? line.replace("path", "it") : line),
                "namesEverySettingThatIsMissing"),
        FORGIVING(Faults.exitCode(0), "answersAWrongCommandLineWithItsUsage"),
        LEAKY(Faults.printsItsConfiguration(), "keepsSecretsToItself"),
        OVERWRITES(Mistake.OVERWRITES_WHAT_IT_SHOULD_APPEND_TO, "appendsTheRowsOfEachSync"),
        FORGETS_TIME(Mistake.FORGETS_WHEN_ROWS_WERE_READ, "saysOfEachRowWhereItComesFrom"),
        FORGETS_CHANGES(Mistake.FORGETS_CHANGES_OF_THE_SOURCE, "saysOfEachRowWhereItComesFrom"),
        NEVER_REPLACES(Mistake.NEVER_REPLACES, "replacesOldRowsOnceTheStreamIsComplete"),
        REPLACES_AT_ONCE(Mistake.REPLACES_AT_ONCE, "keepsOldRowsAndComplainsWhenTheNewStreamIsCutShort"),
        DOES_NOT_COMPLAIN(Faults.exitCode(0), "keepsOldRowsAndComplainsWhenTheNewStreamIsCutShort"),
        DROPS_STAGED_ROWS(Mistake.DROPS_STAGED_ROWS, "continuesAReplacementThatWasCutShort"),
        KEEPS_STAGED_ROWS(
                Mistake.KEEPS_STAGED_ROWS_OF_ANOTHER_GENERATION, "startsAReplacementOverWhenTheGenerationRises"),
        NEEDS_ROWS(Mistake.REPLACES_ONLY_IF_THERE_ARE_ROWS, "emptiesTheTableOfAStreamThatHasNoRowsLeft"),
        ALL_OR_NONE(Mistake.REPLACES_ALL_STREAMS_OR_NONE, "replacesACompleteStreamThoughAnotherIsCutShort"),
        LAST_ARRIVAL_WINS(Mistake.LAST_ARRIVAL_WINS, "keepsTheNewestRowOfEachKeyWhateverTheOrder"),
        GOES_BY_THE_CLOCK(Mistake.GOES_BY_THE_CLOCK, "keepsTheLastToArriveOfEquallyNewRowsWhateverTheClockSays"),
        NEVER_DEDUPLICATES(Mistake.NEVER_DEDUPLICATES, "changesNothingWhenTheSameRowsArriveAgain"),
        ONE_KEY_COLUMN(Mistake.KNOWS_ONE_KEY_COLUMN, "tellsCompositeKeysApart"),
        NULLS_KEYS(Mistake.NULLS_KEYS_LIKE_OTHER_VALUES, "refusesAKeyThatDoesNotFitItsColumn"),
        STATES_REVERSED(Faults.output(List::reversed), "returnsStatesInOrderUnchangedButForTheirCounts"),
        STATES_WITHOUT_ID(
                Faults.lines(line -> line.replaceAll("\"id\":\\d+,", "")),
                "returnsStatesInOrderUnchangedButForTheirCounts"),
        STATES_ROUNDED(
                Faults.lines(line -> line.replace("7890.1200", "7890.12")),
                "returnsStatesInOrderUnchangedButForTheirCounts"),
        STATES_MISCOUNTED(
                Faults.lines(line -> line.replace("\"recordCount\":2.0", "\"recordCount\":3.0")),
                "returnsStatesInOrderUnchangedButForTheirCounts"),
        GLOBAL_MISCOUNTED(
                Faults.lines(line -> line.replace("\"recordCount\":2.0", "\"recordCount\":1.0")),
                "returnsAGlobalStateWithTheCountOfAllItsStreams"),
        STATES_AT_THE_END(Faults.output(lines -> lines), "returnsStatesWhileItsInputStaysOpen"),
        COMMITS_AT_THE_END(Mistake.COMMITS_AT_THE_END, "holdsTheRowsOfEveryStateItReturned"),
        LOSES_THE_LAST_ROW(Mistake.LOSES_THE_LAST_ROW_OF_A_COMMIT, "holdsTheRowsOfEveryStateItReturned"),
        DOUBLES_ON_RESUME(Mistake.NEVER_DEDUPLICATES, "survivesAwkwardRows(duplicate_keys)"),
        EMPTY_IS_NULL(Mistake.EMPTY_TEXT_IS_NULL, "survivesAwkwardRows(empty_null_and_missing)"),
        ASCII(Mistake.ASCII_ONLY, "survivesAwkwardRows(unicode_text)"),
        NUL(Mistake.ENDS_A_TEXT_AT_NUL, "survivesAwkwardRows(nul_characters)"),
        AS_THEY_COME(Mistake.TAKES_VALUES_AS_THEY_COME, "survivesAwkwardRows(wrong_types)"),
        WITHOUT_A_WORD(Mistake.NULLS_WITHOUT_A_WORD, "survivesAwkwardRows(wrong_types)"),
        BIG_NUMBERS(Mistake.TAKES_VALUES_AS_THEY_COME, "survivesAwkwardRows(big_numbers)"),
        DATES(Mistake.TAKES_VALUES_AS_THEY_COME, "survivesAwkwardRows(dates_at_the_edges)"),
        SHORT_TEXTS(Mistake.SHORTENS_TEXTS, "survivesAwkwardRows(huge_text)"),
        FLAT(Mistake.DROPS_NESTED_VALUES, "survivesAwkwardRows(arrays_and_objects)"),
        NOT_DEEP(Mistake.DROPS_NESTED_VALUES, "survivesAwkwardRows(deep_nesting)"),
        NOT_UNTYPED(Mistake.DROPS_NESTED_VALUES, "survivesAwkwardRows(untyped_columns)"),
        STRICT(Mistake.STUMBLES_OVER_UNDECLARED_COLUMNS, "survivesAwkwardRows(undeclared_columns)"),
        NARROW(Mistake.HAS_ROOM_FOR_100_COLUMNS, "survivesAwkwardRows(wide_rows)"),
        COLUMN_CASE(Mistake.IGNORES_CASE_OF_COLUMNS, "survivesAwkwardRows(awkward_column_names)"),
        TABLE_CASE(Mistake.IGNORES_CASE_OF_TABLES, "keepsStreamsWithAwkwardNamesApart"),
        NO_NAMESPACES(Mistake.KNOWS_NO_NAMESPACES, "keepsStreamsOfTwoNamespacesApart"),
        FIRST_COLUMNS(Mistake.KEEPS_THE_FIRST_COLUMNS, "addsTheColumnsThatAStreamGains"),
        NO_COLUMNS_NO_DATA(Mistake.KEEPS_DECLARED_COLUMNS_ONLY, "keepsTheRecordsOfAStreamThatDeclaresNoColumns"),
        TAKES_ANY_STREAM(
                Faults.input(lines -> lines.replace("dogs", "people")), "refusesARecordOfAStreamItWasNotGiven"),
        CHOKES_ON_NOISE(
                Faults.input(lines -> lines.replaceAll("(?m)^Picked.*$", "{\"type\":\"RECORD\",\"record\":{")),
                "passesOverLinesThatAreNotForIt"),
        DEAF(Faults.deaf(), "stopsWhenItIsInterrupted");

        final Mistake mistake;
        final Fault fault;
        final String caughtBy;

        Broken(Mistake mistake, String caughtBy) {
            this.mistake = mistake;
            this.fault = Faults.none();
            this.caughtBy = caughtBy;
        }

        Broken(Fault fault, String caughtBy) {
            this.mistake = Mistake.NONE;
            this.fault = fault;
            this.caughtBy = caughtBy;
        }
    }

    @ParameterizedTest
    @EnumSource
    void failsTheTestThatIsMeantForIt(Broken broken) throws Throwable {
        Proof.assertFails(new BrokenDestinationContract(broken.mistake, broken.fault, folder), broken.caughtBy);
    }

    @Test
    void everyTestOfTheContractHasSomethingToCatch() {
        assertThat(Arrays.stream(Broken.values()).map(broken -> broken.caughtBy).collect(Collectors.toSet()))
                .isEqualTo(Proof.tests(DestinationContract.class));
    }
}
