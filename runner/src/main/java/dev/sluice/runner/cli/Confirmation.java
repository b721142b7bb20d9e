package dev.sluice.runner.cli;

import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import picocli.CommandLine.Option;

/// Asks before something is destroyed.
final class Confirmation {
    @Option(names = "--yes", description = "Do not ask. Needed where there is no terminal to ask on.")
    private boolean yes;

    /// @param deed what is about to happen, as a sentence
    /// @throws RunnerException when the answer is no, or nobody can be asked
    void require(String deed, Terminal terminal) {
        if (yes) {
            return;
        }
        if (!terminal.canAsk()) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "command.not_confirmed",
                    deed + ", and there is no terminal on which to ask whether that is meant",
                    "",
                    "add --yes if it is");
        }
        if (!terminal.ask(deed + ". Go on? [y/N] ").orElse("").matches("(?i)y(es)?")) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR, "command.not_confirmed", "nothing was changed", "", "answer y to go on");
        }
    }
}
