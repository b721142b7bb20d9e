package dev.sluice.runner.cli;

import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection.Limits;
import dev.sluice.runner.connection.OurConnectors;
import dev.sluice.runner.connection.Problems;
import dev.sluice.runner.launch.ConnectorLaunch;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "spec",
        description = "Prints a connector's spec, as JSON: what it can do and how it is configured.",
        footer = {"", "Example:  sluice spec source-faker", "          sluice spec airbyte/source-file:0.6.0"})
final class SpecCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Output output;

    @Parameters(paramLabel = "CONNECTOR", description = "One of ours by name (source-faker), or an image with its tag.")
    private String connector;

    @Option(names = "--process", description = "Run one of ours as a local process instead of a container.")
    private boolean process;

    SpecCommand(Terminal terminal, Output output) {
        this.terminal = terminal;
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Workbench workbench = terminal.workbench()) {
            ConnectorSpecification spec =
                    workbench.operations().spec(launch(workbench.ourConnectors()), Limits.DEFAULT.operationTimeout());
            output.document(Json.mapper().valueToTree(spec));
            return ExitCode.DONE;
        }
    }

    private ConnectorLaunch launch(OurConnectors ours) {
        int dash = connector.indexOf('-');
        Optional<Path> folder =
                dash < 0 ? Optional.empty() : ours.find(connector.substring(0, dash), connector.substring(dash + 1));
        boolean isImage = connector.contains(":") || connector.contains("/");
        if (folder.isEmpty() && (process || !isImage)) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "connector.unknown",
                    "'%s' is not one of our connectors%s"
                            .formatted(connector, Problems.suggestion(connector, ours.names())),
                    "",
                    "name one of them, or an image with its tag without --process");
        }
        return process
                ? new ConnectorLaunch.AsProcess(
                        connector,
                        List.of(ours.program(folder.orElseThrow()).toString()),
                        Path.of("").toAbsolutePath())
                : new ConnectorLaunch.InContainer(
                        folder.map(ours::image).orElse(connector),
                        folder,
                        "bridge",
                        2L << 30,
                        2,
                        1024,
                        Optional.empty());
    }
}
