package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.connection.Problems;
import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.StateStore;
import dev.sluice.runner.state.SyncState;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "reset",
        description = "Forgets the state of some streams, or of all: their next sync reads everything again. Rows in"
                + " the destination stay; without a key they will be there twice.",
        footer = {
            "",
            "Example:  sluice state reset examples/quickstart.yaml --stream users",
            "To keep what is forgotten:  sluice state show FILE > before.json"
        })
final class StateResetCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Output output;

    @Mixin
    private final FileArgument file = new FileArgument();

    @Mixin
    private final StateOption state = new StateOption();

    @Mixin
    private final Confirmation confirmation = new Confirmation();

    @ArgGroup(multiplicity = "1")
    private Which which;

    private static final class Which {
        @Option(names = "--stream", paramLabel = "NAME", description = "This stream; may be given several times.")
        private List<String> streams = List.of();

        @Option(names = "--all", description = "Every stream, and what they share.")
        private boolean all;
    }

    StateResetCommand(Terminal terminal, Output output) {
        this.terminal = terminal;
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Workbench workbench = terminal.workbench()) {
            Connection connection = workbench.connectionWithoutSpecs(file.path());
            try (StateStore store = workbench.stateStore(connection, state.place());
                    ConnectionState held = store.acquire(connection.name())) {
                SyncState before = held.state();
                Set<StreamDescriptor> streams = which.all ? before.streams() : named(before);
                SyncState after = which.all ? SyncState.EMPTY : before.without(streams);
                String names = before instanceof SyncState.Legacy
                        ? "the whole connection"
                        : streams.stream().map(StreamDescriptor::toString).collect(Collectors.joining(", "));
                if (before.isEmpty()) {
                    output.line("nothing is stored for the connection '%s' in %s"
                            .formatted(connection.name(), store.location()));
                } else {
                    confirmation.require(
                            "this forgets the state of %s (connection '%s')".formatted(names, connection.name()),
                            terminal);
                    held.save(after);
                    output.line(
                            "forgot the state of %s (connection '%s', in %s); the next sync reads that from the start"
                                    .formatted(names, connection.name(), store.location()));
                }
                ObjectNode result = Json.mapper().createObjectNode();
                ArrayNode reset = result.putArray("reset");
                streams.forEach(stream -> reset.add(stream.toString()));
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

    private Set<StreamDescriptor> named(SyncState before) {
        if (before instanceof SyncState.Legacy) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "state.not_per_stream",
                    "the stored state is one piece that only the source understands: no stream can be taken out of it",
                    "--stream",
                    "reset all of it with --all");
        }
        Set<StreamDescriptor> named = new TreeSet<>();
        for (String name : which.streams) {
            named.add(before.streams().stream()
                    .filter(stream -> stream.toString().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new RunnerException(
                            FailureType.CONFIG_ERROR,
                            "state.no_such_stream",
                            "nothing is stored for a stream '%s'%s"
                                    .formatted(
                                            name,
                                            Problems.suggestion(
                                                    name,
                                                    before.streams().stream()
                                                            .map(StreamDescriptor::toString)
                                                            .toList())),
                            "--stream",
                            "`sluice state show %s` shows what is stored".formatted(file.path()))));
        }
        return named;
    }
}
