package dev.sluice.runner.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/// Where a command was called: its streams, its environment, and the directory of this Sluice.
///
/// @param interactive whether a person watches standard error
record Terminal(Path home, Map<String, String> environment, PrintStream out, PrintStream err, boolean interactive) {

    void notice(String text) {
        err.println(text);
    }

    /// Width of the terminal, in columns.
    int columns() {
        try {
            return Math.max(40, Integer.parseInt(environment.getOrDefault("COLUMNS", "80")));
        } catch (NumberFormatException e) {
            return 80;
        }
    }
}
