package dev.sluice.runner.cli;

import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/// The connection a command is about.
final class FileArgument {
    @Parameters(paramLabel = "FILE", description = "The connection file.")
    private Path file;

    Path path() {
        return file;
    }
}
