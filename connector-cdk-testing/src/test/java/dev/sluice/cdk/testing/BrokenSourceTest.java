package dev.sluice.cdk.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cdk.testing.CountingSource.Mistake;
import dev.sluice.cdk.testing.Faults.Fault;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each test of [SourceContract] goes red for a source that is broken in that way.
class BrokenSourceTest {
    /// What is wrong with a source, and the test that must say so.
    enum Broken {
        NOISE(Faults.noise(), "describesItselfInOneSpecification"),
        UNMARKED_SECRET(Mistake.UNMARKED_SECRET, "describesItselfInOneSpecification"),
        REFUSES(Mistake.REFUSES_A_GOOD_CONFIGURATION, "worksWithTheWorkingConfiguration"),
        ACCEPTS(Mistake.ACCEPTS_A_BROKEN_CONFIGURATION, "saysWhatIsWrongWithAConfigurationThatDoesNotWork"),
        CHECK_FAILS(Faults.exitCode(1), "saysWhatIsWrongWithAConfigurationThatDoesNotWork"),
        TERSE(
                Faults.lines(line -> line.startsWith("{\"type\":\"CONN") ? line.replace("rows", "it") : line),
                "namesEverySettingThatIsMissing"),
        FORGIVING(Faults.exitCode(0), "answersAWrongCommandLineWithItsUsage"),
        LEAKY(Faults.printsItsConfiguration(), "keepsSecretsToItself"),
        CURSOR(Mistake.CURSOR_OUTSIDE_THE_SCHEMA, "discoversStreamsThatCanBeConfigured"),
        STREAM_TWICE(Mistake.STREAM_TWICE, "discoversStreamsThatCanBeConfigured"),
        STREAM_LEFT_OUT(Mistake.STREAM_LEFT_OUT, "discoversStreamsThatCanBeConfigured"),
        EMPTY_STREAM(Mistake.EMPTY_STREAM, "readsEveryStreamFromStartToCompletion"),
        NEVER_COMPLETE(
                Faults.output(lines -> lines.stream()
                        .filter(line -> !line.contains("COMPLETE"))
                        .toList()),
                "readsEveryStreamFromStartToCompletion"),
        INVALID_MESSAGE(
                Faults.lines(line -> line.replaceAll("\"emitted_at\":\\d+,\"data\"", "\"data\"")),
                "readsEveryStreamFromStartToCompletion"),
        ROW_WITHOUT_KEY(Mistake.ROW_WITHOUT_KEY, "readsRowsThatFitTheirSchemaAndCarryTheirKey"),
        ROW_OF_ANOTHER_TYPE(Mistake.ROW_OF_ANOTHER_TYPE, "readsRowsThatFitTheirSchemaAndCarryTheirKey"),
        ROW_TWICE(Mistake.ROW_TWICE, "readsNoKeyTwiceInOneGo"),
        ROWS_DIFFER(Mistake.ROWS_DIFFER_EACH_TIME, "readsTheSameRowsEachTime"),
        NO_STATE(Mistake.NO_STATE, "countsInEachStateTheRowsSinceTheOneBefore"),
        WRONG_COUNT(
                Faults.lines(line -> line.replace("\"recordCount\":3.0", "\"recordCount\":4.0")),
                "countsInEachStateTheRowsSinceTheOneBefore"),
        STATE_BEFORE_ITS_ROW(Mistake.STATE_BEFORE_ITS_ROW, "losesNoRowWhereverItResumes"),
        LOSES_A_ROW(Mistake.LOSES_A_ROW_ON_RESUME, "losesNoRowWhereverItResumes"),
        STARTS_OVER(Mistake.STARTS_OVER_ON_RESUME, "readsNothingOlderThanItsCursorWhenItResumesFromTheEnd"),
        KNOWS_EVERY_STREAM(Mistake.KNOWS_EVERY_STREAM, "refusesAStreamItDoesNotHave"),
        SWALLOWS_INTERRUPTS(Mistake.SWALLOWS_INTERRUPTS, "stopsWhenItIsInterrupted"),
        HALF_A_LINE(
                program -> (args, stdin, stdout, stderr) -> {
                    int code = program.run(args, stdin, stdout, stderr);
                    new PrintStream(stdout).print("{\"type\":\"REC");
                    return code;
                },
                "stopsWhenItIsInterrupted"),
        SHRUGS(Faults.exitCode(0), "stopsWhenNobodyHearsIt");

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
        Proof.assertFails(new BrokenSourceContract(broken.mistake, broken.fault), broken.caughtBy);
    }

    @Test
    void everyTestOfTheContractHasSomethingToCatch() {
        assertThat(Arrays.stream(Broken.values()).map(broken -> broken.caughtBy).collect(Collectors.toSet()))
                .isEqualTo(Proof.tests(SourceContract.class));
    }
}
