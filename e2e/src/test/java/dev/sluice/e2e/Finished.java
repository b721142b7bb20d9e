package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

/// A command that has ended.
///
/// @param exitCode as a shell shows it: 128 and the number for a signal
record Finished(int exitCode, String out, String err) {
    Finished exits(int code) {
        assertThat(exitCode).as("exit code of\n%s\n%s", out, err).isEqualTo(code);
        return this;
    }

    Finished succeeds() {
        return exits(0);
    }
}
