package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Tries the configuration of both connectors on the real systems.",
        footer = {"", "Example:  sluice check examples/quickstart.yaml"})
final class CheckCommand implements Callable<Integer>, JsonOutput {
    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "The connection file.")
    private Path file;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    CheckCommand(Terminal terminal) {
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
                    terminalLine("%-11s %s: works".formatted(side.getKey(), side.getValue()));
                } else {
                    entry.put("message", message);
                    terminalLine("%-11s %s: does not work\n  %s".formatted(side.getKey(), side.getValue(), message));
                }
            }
            if (json) {
                ObjectNode envelope = Json.mapper().createObjectNode();
                envelope.put("ok", good).set("result", result);
                terminal.out().println(envelope);
            }
            return good ? ExitCode.DONE : ExitCode.WRONG;
        }
    }

    private void terminalLine(String text) {
        if (!json) {
            terminal.out().println(text);
        }
    }
}
