package dev.sluice.runner.cli;

import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.connection.OurConnectors;
import dev.sluice.runner.connection.Problems;
import dev.sluice.runner.launch.ConnectorLaunch;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A connector as it is named on the command line: one of ours, or an image.
///
/// @param name `source-faker`, or an image with its tag
/// @param folder of one of ours
record NamedConnector(String name, Optional<Path> folder) {

    /// @param process whether it must be one of ours, because it is to run as a process
    static NamedConnector find(String name, OurConnectors ours, boolean process) {
        int dash = name.indexOf('-');
        Optional<Path> folder =
                dash < 0 ? Optional.empty() : ours.find(name.substring(0, dash), name.substring(dash + 1));
        if (folder.isEmpty() && (process || !isImage(name))) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "connector.unknown",
                    "'%s' is not one of our connectors%s".formatted(name, Problems.suggestion(name, ours.names())),
                    "",
                    "name one of them, or an image with its tag without --process");
        }
        return new NamedConnector(name, folder);
    }

    static boolean isImage(String name) {
        return name.contains(":") || name.contains("/");
    }

    ConnectorLaunch launch(OurConnectors ours, boolean process) {
        return process
                ? new ConnectorLaunch.AsProcess(
                        name,
                        List.of(ours.program(folder.orElseThrow()).toString()),
                        Path.of("").toAbsolutePath())
                : new ConnectorLaunch.InContainer(
                        folder.map(ours::image).orElse(name), folder, "bridge", 2L << 30, 2, 1024, Optional.empty());
    }
}
