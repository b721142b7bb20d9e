package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "validate",
        description = "Says everything that is wrong with a connection file, the settings of both connectors included."
                + " Nothing is started but `spec`, and that only when it is not remembered.",
        footer = {"", "Example:  sluice validate examples/quickstart.yaml"})
final class ValidateCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Output output;

    @Mixin
    private final FileArgument file = new FileArgument();

    ValidateCommand(Terminal terminal, Output output) {
        this.terminal = terminal;
        this.output = output;
    }

    /// Whether a source has the streams only its catalog tells, and for that it must reach its system: that is `check`.
    @Override
    public Integer call() throws InterruptedException {
        try (Workbench workbench = terminal.workbench()) {
            Connection connection = workbench.connection(file.path());
            String streams = connection.streams().isEmpty()
                    ? "all"
                    : String.join(", ", connection.streams().keySet());
            output.line("source       %s".formatted(connection.source()));
            output.line("destination  %s".formatted(connection.destination()));
            output.line("streams      %s".formatted(streams));
            output.line("%s is valid; `sluice check` tries it on the real systems".formatted(file.path()));
            ObjectNode result = Json.mapper().createObjectNode();
            result.put("connection", connection.name());
            result.put("source", connection.source().toString());
            result.put("destination", connection.destination().toString());
            ArrayNode names = result.putArray("streams");
            connection.streams().keySet().forEach(names::add);
            output.result(result);
            return ExitCode.DONE;
        }
    }
}
