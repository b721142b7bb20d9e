package dev.sluice.runner.cli;

import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "discover",
        description = "Prints the catalog of a connection's source, as JSON.",
        footer = {"", "Example:  sluice discover examples/quickstart.yaml > catalog.json"})
final class DiscoverCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Output output;

    @Mixin
    private final FileArgument file = new FileArgument();

    @Mixin
    private final StateOption state = new StateOption();

    DiscoverCommand(Terminal terminal, Output output) {
        this.terminal = terminal;
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Workbench workbench = terminal.workbench()) {
            Connection connection = workbench.connection(file.path(), state.place());
            AirbyteCatalog catalog = workbench
                    .operations()
                    .discover(connection.source(), connection.limits().operationTimeout());
            output.document(Json.mapper().valueToTree(catalog));
            return ExitCode.DONE;
        }
    }
}
