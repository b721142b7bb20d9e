package dev.sluice.runner.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// Listed here for `--help`; the launcher script runs it before the JVM is started.
@Command(name = "connector", description = "`connector build PATH|--all` builds connector images.")
final class ConnectorCommand implements Callable<Integer> {
    @Unmatched
    private java.util.List<String> rest;

    @Override
    public Integer call() {
        System.err.println("connector images are built by the launcher: ./sluice connector build --help");
        return ExitCode.WRONG;
    }
}
