package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.state.StateStore;
import dev.sluice.runner.state.SyncState;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "show",
        description = "Prints the stored state of a connection, as the JSON its source will be given.",
        footer = {"", "Example:  sluice state show examples/quickstart.yaml"})
final class StateShowCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Output output;

    @Mixin
    private final FileArgument file = new FileArgument();

    @Mixin
    private final StateOption state = new StateOption();

    StateShowCommand(Terminal terminal, Output output) {
        this.terminal = terminal;
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Workbench workbench = terminal.workbench()) {
            Connection connection = workbench.connectionWithoutSpecs(file.path());
            try (StateStore store = workbench.stateStore(connection, state.place())) {
                Optional<SyncState> stored = store.peek(connection.name());
                if (stored.isEmpty()) {
                    terminal.notice("the connection '%s' has never run; its state would be in %s"
                            .formatted(connection.name(), store.location()));
                }
                JsonNode document = stored.flatMap(SyncState::toDocument)
                        .orElseGet(() -> Json.mapper().createArrayNode());
                output.document(document);
                return ExitCode.DONE;
            }
        }
    }
}
