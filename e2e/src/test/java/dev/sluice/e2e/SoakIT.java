package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// A few of the rounds whose report is docs/soak.md.
final class SoakIT {
    /// A server, a source, a runner, a session and two destinations are killed, one of these in a container. A wrong
    /// round makes the command fail and is named in what it prints.
    @Test
    void everySeedEndsWithAllRowsAndNothingLeftBehind() {
        String report = Program.run(SluiceCli.HOME.resolve("benchmarks/soak").toString(), "--seeds", "13-15,17,22,28");

        assertThat(report)
                .contains("**6 rounds", "every round was right")
                // Also that it would have seen it otherwise.
                .contains("* a row taken away: 1 rows lost")
                .doesNotContain("NOT FOUND");
    }
}
