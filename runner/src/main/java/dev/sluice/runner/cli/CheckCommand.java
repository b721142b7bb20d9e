package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.operation.Operations;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "check",
        description = "Tries the configuration of both connectors on the real systems.",
        footer = {"", "Example:  sluice check examples/quickstart.yaml"})
final class CheckCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Output output;

    @Mixin
    private final FileArgument file = new FileArgument();

    @Mixin
    private final StateOption state = new StateOption();

    CheckCommand(Terminal terminal, Output output) {
        this.terminal = terminal;
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Workbench workbench = terminal.workbench()) {
            Connection connection = workbench.connection(file.path(), state.place());
            Map<String, Connection.Connector> sides = new LinkedHashMap<>();
            sides.put("source", connection.source());
            sides.put("destination", connection.destination());
            ObjectNode result = Json.mapper().createObjectNode();
            int code = ExitCode.DONE;
            for (var side : sides.entrySet()) {
                Optional<Operations.Refusal> wrong = workbench
                        .operations()
                        .check(side.getValue(), connection.limits().operationTimeout());
                ObjectNode entry = result.putObject(side.getKey()).put("works", wrong.isEmpty());
                if (wrong.isEmpty()) {
                    output.line("%-11s %s: works".formatted(side.getKey(), side.getValue()));
                } else {
                    entry.put("message", wrong.get().words());
                    output.line("%-11s %s: does not work\n  %s"
                            .formatted(
                                    side.getKey(), side.getValue(), wrong.get().words()));
                    FailureType type = wrong.get().type().orElse(FailureType.CONFIG_ERROR);
                    code = code == ExitCode.DONE ? ExitCode.of(type) : code;
                }
            }
            output.result(code == ExitCode.DONE, result, Optional.empty());
            return code;
        }
    }
}
