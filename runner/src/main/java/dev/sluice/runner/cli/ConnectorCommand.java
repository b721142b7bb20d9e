package dev.sluice.runner.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// Listed here for `--help`; the launcher script runs it before the JVM is started.
@Command(name = "connector", description = "`connector build PATH|--all` builds connector images.")
final class ConnectorCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Unmatched
    private List<String> rest;

    ConnectorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.notice("connector images are built by the launcher: ./sluice connector build --help");
        return ExitCode.WRONG;
    }
}
