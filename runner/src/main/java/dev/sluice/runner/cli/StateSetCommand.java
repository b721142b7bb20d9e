package dev.sluice.runner.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.StateDocument;
import dev.sluice.runner.state.StateStore;
import dev.sluice.runner.state.SyncState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "set",
        description = "Stores a state, as `sluice state show` prints it, in place of the one that is there.",
        footer = {
            "",
            "Example:  sluice state show examples/quickstart.yaml > state.json",
            "          sluice state set examples/quickstart.yaml state.json"
        })
final class StateSetCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Output output;

    @Mixin
    private final FileArgument file = new FileArgument();

    @Parameters(
            index = "1",
            paramLabel = "STATE.json",
            description = "What `state show` prints, with or without --json; - reads it from standard input.")
    private Path document;

    @Option(
            names = "--stream",
            paramLabel = "NAME",
            description = "Set this stream only. STATE.json is then a whole state, from which it is taken, or what"
                    + " stands there as its `stream_state`. Default: everything in STATE.json.")
    private Optional<String> stream;

    @Mixin
    private final StateOption state = new StateOption();

    @Mixin
    private final Confirmation confirmation = new Confirmation();

    StateSetCommand(Terminal terminal, Output output) {
        this.terminal = terminal;
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Workbench workbench = terminal.workbench()) {
            Connection connection = workbench.connectionWithoutSpecs(file.path());
            StateDocument given = new StateDocument(json(), document.toString());
            try (StateStore store = workbench.stateStore(connection, state.place());
                    ConnectionState held = store.acquire(connection.name())) {
                SyncState before = held.state();
                SyncState after =
                        stream.map(name -> given.setStream(before, name)).orElseGet(() -> given.replace(before));
                if (!before.isEmpty() && !before.equals(after)) {
                    confirmation.require(
                            "this replaces the stored state of %s (connection '%s')"
                                    .formatted(stream.orElse("all streams"), connection.name()),
                            terminal);
                }
                held.save(after);
                output.line("stored the state of %s (connection '%s', in %s)"
                        .formatted(stream.orElseGet(() -> names(after)), connection.name(), store.location()));
                ObjectNode result = Json.mapper().createObjectNode();
                result.set(
                        "before",
                        before.toDocument().orElseGet(() -> Json.mapper().createArrayNode()));
                result.set(
                        "state",
                        after.toDocument().orElseGet(() -> Json.mapper().createArrayNode()));
                output.result(result);
                return ExitCode.DONE;
            }
        }
    }

    private static String names(SyncState state) {
        return switch (state) {
            case SyncState.Legacy _ -> "the whole connection";
            case SyncState.PerStream _, SyncState.Global _ ->
                state.isEmpty()
                        ? "no stream"
                        : state.streams().stream()
                                .map(StreamDescriptor::toString)
                                .collect(Collectors.joining(", "));
        };
    }

    private JsonNode json() {
        try {
            JsonNode json = Json.mapper()
                    .readTree(
                            document.toString().equals("-")
                                    ? terminal.in().readAllBytes()
                                    : Files.readAllBytes(document));
            return json;
        } catch (JacksonException e) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "state.invalid",
                    "%s is not JSON: %s".formatted(document, e.getOriginalMessage()),
                    "line %d".formatted(e.getLocation().getLineNr()),
                    "write it as `sluice state show` prints it",
                    e);
        } catch (IOException e) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "state.invalid",
                    "the state in %s cannot be read: %s".formatted(document, e),
                    "",
                    "name a file that this user can read",
                    e);
        }
    }
}
