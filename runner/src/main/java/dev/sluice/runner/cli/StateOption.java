package dev.sluice.runner.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/// Where states are kept, and the configurations that connectors have asked for: no connector is started without
/// looking there for a newer token.
final class StateOption {
    @Option(
            names = "--state",
            paramLabel = "PLACE",
            description = "Where states are kept: a file, or the URL of a PostgreSQL; one with a password goes into"
                    + " SLUICE_STATE. Default: state.db in the folder .sluice beside FILE.")
    private Optional<String> place;

    /// Empty when the command line does not say.
    Optional<String> place() {
        return place;
    }
}
