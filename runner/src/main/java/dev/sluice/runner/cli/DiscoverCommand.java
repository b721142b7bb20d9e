package dev.sluice.runner.cli;

import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "discover",
        mixinStandardHelpOptions = true,
        description = "Prints the catalog of a connection's source, as JSON.",
        footer = {"", "Example:  sluice discover examples/quickstart.yaml > catalog.json"})
final class DiscoverCommand implements Callable<Integer>, JsonOutput {
    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "The connection file.")
    private Path file;

    @Option(names = "--json", description = "Wrap it in one object with `ok` and `result`.")
    private boolean json;

    DiscoverCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public boolean wantsJson() {
        return json;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Workbench workbench = terminal.workbench()) {
            Connection connection = workbench.connection(file);
            AirbyteCatalog catalog = workbench
                    .operations()
                    .discover(
                            connection.source().launch(),
                            connection.source().config(),
                            connection.limits().operationTimeout());
            if (json) {
                JsonOutput.result(terminal, Json.mapper().valueToTree(catalog));
            } else {
                terminal.out().println(Json.mapper().valueToTree(catalog).toPrettyString());
            }
            return ExitCode.DONE;
        }
    }
}
