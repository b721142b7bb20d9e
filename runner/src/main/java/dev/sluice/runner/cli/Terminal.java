package dev.sluice.runner.cli;

import dev.sluice.runner.RunLog;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.Workbench;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Where a command was called: its streams, its environment, and the directory of this Sluice.
///
/// @param interactive whether a person watches standard error
/// @param canAsk whether a person can answer, too
/// @param line how often a line tells how far a sync is, where nobody watches
/// @param mask knows the secrets of the command's connection once that has been read
record Terminal(
        Path home,
        Map<String, String> environment,
        InputStream in,
        PrintStream out,
        PrintStream err,
        boolean interactive,
        boolean canAsk,
        Duration line,
        Interruption interruption,
        SecretMask mask) {

    /// Everything a command needs; Ctrl-C stops its connectors.
    ///
    /// @param log receives what connectors say
    Workbench workbench(RunLog log) {
        return workbench(log, this::notice);
    }

    /// The same for a command that shows notices in its own way.
    Workbench workbench(RunLog log, Consumer<String> notices) {
        Workbench workbench = new Workbench(home, environment, notices, log, mask);
        interruption.gently(workbench::stopConnectors);
        interruption.firmly(workbench::stopConnectors);
        return workbench;
    }

    /// The same for commands that show no log.
    Workbench workbench() {
        return workbench((level, connector, text) -> {});
    }

    void notice(String text) {
        err.println(mask.apply(text));
    }

    /// Asks a person; empty when nobody answers any more.
    Optional<String> ask(String question) {
        err.print(question);
        err.flush();
        StringBuilder answer = new StringBuilder();
        try {
            int c = in.read();
            if (c < 0) {
                err.println();
                return Optional.empty();
            }
            for (; c >= 0 && c != '\n'; c = in.read()) {
                answer.append((char) c);
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.of(answer.toString().strip());
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
