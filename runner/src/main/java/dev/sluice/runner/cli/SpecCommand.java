package dev.sluice.runner.cli;

import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection.Limits;
import dev.sluice.runner.connection.OurConnectors;
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
            OurConnectors ours = workbench.ourConnectors();
            NamedConnector named = NamedConnector.find(connector, ours, process);
            ConnectorSpecification spec =
                    workbench.operations().spec(named.launch(ours, process), Limits.DEFAULT.operationTimeout());
            output.document(Json.mapper().valueToTree(spec));
            return ExitCode.DONE;
        }
    }
}
