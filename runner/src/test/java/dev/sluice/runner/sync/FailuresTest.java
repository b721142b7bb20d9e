package dev.sluice.runner.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.AirbyteErrorTraceMessage;
import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.launch.ExitStatus.Exited;
import dev.sluice.runner.launch.ExitStatus.Lost;
import dev.sluice.runner.launch.ExitStatus.OutOfMemory;
import dev.sluice.runner.launch.ExitStatus.Stopped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FailuresTest {
    private final List<String> log = new ArrayList<>();
    private final Failures failures = new Failures(
            "source-x",
            "destination-y",
            new SecretMask(),
            (level, connector, text) -> log.add("%s %s: %s".formatted(level, connector, text)));

    private static AirbyteErrorTraceMessage trace(String message) {
        return new AirbyteErrorTraceMessage(
                message, Optional.empty(), Optional.empty(), FailureType.SYSTEM_ERROR, Optional.empty());
    }

    private List<String> sentences() {
        return failures.ranked().stream().map(RunnerException::getMessage).toList();
    }

    @Test
    void namesWhoFailedFirstWhateverTheOtherSaidBefore() {
        failures.destinationTrace(trace("the connection was slow"));
        failures.sourceEnded(new Exited(1), List.of());
        failures.destinationEnded(new Exited(1), List.of());

        assertThat(sentences())
                .containsExactly(
                        "source-x exited with code 1 during read",
                        "destination-y: the connection was slow",
                        "destination-y exited with code 1 during write");
    }

    @Test
    void namesATimeoutOfTheDestinationOnce() {
        failures.destinationTimeout(Duration.ofMinutes(2));
        failures.destinationTimeout(Duration.ofMinutes(2));

        assertThat(sentences()).containsExactly("destination-y did nothing for 2 min and was stopped");
    }

    @Test
    void putsTheEarlierOfTwoTracesFirst() {
        failures.sourceTrace(trace("page 7 is gone"));
        failures.sourceTrace(trace("1 of 3 streams failed"));
        failures.sourceEnded(new Exited(1), List.of("a line"));

        assertThat(sentences().getFirst()).isEqualTo("source-x: page 7 is gone");
    }

    @Test
    void leavesOutWhatOnlyFollows() {
        failures.destinationStoppedReading();
        assertThat(sentences()).containsExactly("destination-y stopped reading before the source had ended");

        failures.destinationEnded(new OutOfMemory(64 << 20), List.of());
        assertThat(sentences())
                .containsExactly("destination-y was killed: it used all of its 64 MiB of memory during write");
    }

    @Test
    void doesNotCountAConnectorThatWasStopped() {
        failures.sourceEnded(new Stopped(), List.of());
        assertThat(failures.any()).isFalse();
        assertThat(sentences()).isEmpty();
    }

    @Test
    void sendsAConnectorThatWasLostWithItsEngineToExitCodeThree() {
        failures.sourceEnded(new Lost(), List.of());
        assertThat(failures.ranked().getFirst().type()).isEqualTo(FailureType.TRANSIENT_ERROR);
        assertThat(sentences()).containsExactly("source-x was lost: Docker does not answer any more during read");
    }

    @Test
    void keepsTenOfManyAndCutsLongOnes() {
        for (int i = 0; i < 500; i++) {
            failures.sourceTrace(trace("x".repeat(1_000_000)));
        }
        failures.sourceEnded(new Exited(1), List.of());

        assertThat(sentences()).hasSize(10).allMatch(sentence -> sentence.length() < 50_100);
    }

    /// As Airbyte's kit for Python reports an exception nobody foresaw.
    @Test
    void tellsWhatHappenedWhereTheConnectorOnlySaysThatSomethingDid() {
        failures.sourceTrace(new AirbyteErrorTraceMessage(
                "Something went wrong in the connector. See the logs for more details.",
                Optional.of("KeyError: 'forms'"),
                Optional.empty(),
                FailureType.SYSTEM_ERROR,
                Optional.empty()));
        failures.sourceEnded(new Exited(1), List.of());

        assertThat(sentences().getFirst())
                .isEqualTo("source-x: Something went wrong in the connector: KeyError: 'forms'");
    }

    @Test
    void keepsStackTracesForTheLogAndCutsLongOnes() {
        failures.sourceTrace(new AirbyteErrorTraceMessage(
                "page 7 is gone",
                Optional.of("HTTP 410"),
                Optional.of("y".repeat(1_000_000)),
                FailureType.SYSTEM_ERROR,
                Optional.empty()));
        failures.sourceEnded(new Exited(1), List.of());

        assertThat(sentences().getFirst()).isEqualTo("source-x: page 7 is gone");
        assertThat(log).containsExactly("ERROR source-x: HTTP 410", "ERROR source-x: " + "y".repeat(100_000) + "…");
    }

    @Test
    void tellsTheStoreFromTheUserWhenBothEndTheSync() {
        failures.cancelled();
        failures.runner(
                new RunnerException(FailureType.TRANSIENT_ERROR, "state.unavailable", "the disk is full", "", ""));
        failures.destinationEnded(new Exited(1), List.of("not complete"));

        assertThat(sentences()).containsExactly("the sync was stopped", "the disk is full");
    }
}
