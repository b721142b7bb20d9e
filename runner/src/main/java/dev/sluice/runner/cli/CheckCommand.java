package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
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

    CheckCommand(Terminal terminal, Output output) {
        this.terminal = terminal;
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Workbench workbench = terminal.workbench()) {
            Connection connection = workbench.connection(file.path());
            Map<String, Connection.Connector> sides = new LinkedHashMap<>();
            sides.put("source", connection.source());
            sides.put("destination", connection.destination());
            ObjectNode result = Json.mapper().createObjectNode();
            boolean good = true;
            for (var side : sides.entrySet()) {
                AirbyteConnectionStatus answer = workbench
                        .operations()
                        .check(
                                side.getValue().launch(),
                                side.getValue().config(),
                                connection.limits().operationTimeout());
                boolean works = answer.status() == AirbyteConnectionStatus.Status.SUCCEEDED;
                String message = workbench.mask().apply(answer.message().orElse("the configuration does not work"));
                good &= works;
                ObjectNode entry = result.putObject(side.getKey()).put("works", works);
                if (works) {
                    output.line("%-11s %s: works".formatted(side.getKey(), side.getValue()));
                } else {
                    entry.put("message", message);
                    output.line("%-11s %s: does not work\n  %s".formatted(side.getKey(), side.getValue(), message));
                }
            }
            output.result(good, result, Optional.empty());
            return good ? ExitCode.DONE : ExitCode.WRONG;
        }
    }
}
