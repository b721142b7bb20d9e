package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.state.StateStore;
import dev.sluice.runner.state.SyncState;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Prints the stored state of a connection, as the JSON its source will be given.",
        footer = {"", "Example:  sluice state show examples/quickstart.yaml"})
final class StateShowCommand implements Callable<Integer>, JsonOutput {
    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "The connection file.")
    private Path file;

    @Option(names = "--state", paramLabel = "PLACE", description = "Where states are kept, as for `sync`.")
    private Optional<String> state;

    @Option(names = "--json", description = "Wrap it in one object with `ok` and `result`.")
    private boolean json;

    StateShowCommand(Terminal terminal) {
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
            try (StateStore store = workbench.stateStore(connection, state)) {
                Optional<SyncState> stored = store.peek(connection.name());
                if (stored.isEmpty()) {
                    terminal.notice("the connection '%s' has never run; its state would be in %s"
                            .formatted(connection.name(), store.location()));
                }
                JsonNode document = stored.flatMap(SyncState::toDocument)
                        .orElseGet(() -> Json.mapper().createArrayNode());
                if (json) {
                    JsonOutput.result(terminal, document);
                } else {
                    terminal.out().println(document.toPrettyString());
                }
                return ExitCode.DONE;
            }
        }
    }
}
