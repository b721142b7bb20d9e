package dev.sluice.runner.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.connection.Connection.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RetriesTest {
    private static final RunnerException LOST =
            new RunnerException(FailureType.TRANSIENT_ERROR, "connector.failed", "the connection was lost", "", "");

    private static RunnerException error(FailureType type, String code) {
        return new RunnerException(type, code, "it failed", "", "");
    }

    /// The waits after attempts that stored nothing, until there is none.
    private static List<Duration> waits(Retries retries) {
        List<Duration> waits = new ArrayList<>();
        for (Optional<Duration> wait = retries.after(LOST, false); wait.isPresent(); ) {
            waits.add(wait.get());
            wait = retries.after(LOST, false);
        }
        return waits;
    }

    @Test
    void waitsLongerAfterEachFailureThatStoredNothingAndGivesUpAtTheFifth() {
        assertThat(waits(new Retries(Limits.DEFAULT)))
                .containsExactly(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(90),
                        Duration.ofSeconds(270));
    }

    @Test
    void neverWaitsLongerThanHalfAnHourUnlessThatWasAskedFor() {
        assertThat(waits(new Retries(Limits.DEFAULT.withAttempts(8, Duration.ofSeconds(10)))))
                .hasSize(7)
                .endsWith(Duration.ofSeconds(810), Duration.ofMinutes(30), Duration.ofMinutes(30));
        assertThat(waits(new Retries(Limits.DEFAULT.withAttempts(3, Duration.ofHours(1)))))
                .containsExactly(Duration.ofHours(1), Duration.ofHours(1));
    }

    @Test
    void doesNotWaitAfterAFailureThatStoredSomethingAndGivesUpAtTheTwentieth() {
        Retries retries = new Retries(Limits.DEFAULT);
        for (int failed = 1; failed < 20; failed++) {
            assertThat(retries.after(LOST, true)).as("failure %d", failed).contains(Duration.ZERO);
        }
        assertThat(retries.after(LOST, true)).isEmpty();
    }

    @Test
    void beginsToCountAnewAfterAnAttemptThatStoredSomething() {
        Retries retries = new Retries(Limits.DEFAULT);
        for (int i = 0; i < 4; i++) {
            retries.after(LOST, false);
        }
        retries.after(LOST, true);
        assertThat(retries.after(LOST, false)).contains(Duration.ofSeconds(10));
    }

    @Test
    void givesUpAtTheTenthFailureThatStoredNothingInAll() {
        Retries retries = new Retries(Limits.DEFAULT);
        for (int failed = 1; failed < 10; failed++) {
            assertThat(retries.after(LOST, false)).as("failure %d", failed).isPresent();
            retries.after(LOST, true);
        }
        assertThat(retries.after(LOST, false)).isEmpty();
    }

    @Test
    void doesNotTryAgainWhatOnlyAPersonCanMend() {
        for (RunnerException last : List.of(
                error(FailureType.CONFIG_ERROR, "connector.failed"),
                error(FailureType.CONFIG_ERROR, "state.other_type"),
                error(FailureType.TRANSIENT_ERROR, "sync.cancelled"),
                error(FailureType.SYSTEM_ERROR, "connection.taken_over"))) {
            assertThat(new Retries(Limits.DEFAULT).after(last, true))
                    .as(last.code())
                    .isEmpty();
        }
    }

    @Test
    void makesOneAttemptWhenToldSo() {
        assertThat(new Retries(Limits.DEFAULT.withAttempts(1, Duration.ofSeconds(10))).after(LOST, true))
                .isEmpty();
    }
}
