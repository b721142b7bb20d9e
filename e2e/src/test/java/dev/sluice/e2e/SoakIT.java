package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// A few of the rounds whose report is docs/soak.md.
final class SoakIT {
    /// A runner, a source, a destination, a session and a backend that are killed, one of them in containers. A wrong round
    /// is named in what the command prints, and the command fails.
    @Test
    void everySeedEndsWithAllRowsAndNothingLeftBehind() {
        String report = Program.run(SluiceCli.HOME.resolve("benchmarks/soak").toString(), "--seeds", "SEEDS");

        assertThat(report)
                .contains("**6 rounds", "every round was right")
                // Also that it would have seen it otherwise.
                .contains("* a row taken away: 1 rows lost")
                .doesNotContain("NOT FOUND");
    }
}
