package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
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
    /// As an operation says that a connector has failed with a reason.
    private static final String GAVE_UP = "connector.failed";

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
                Optional<RunnerException> wrong = check(side.getValue(), connection, workbench);
                ObjectNode entry = result.putObject(side.getKey()).put("works", wrong.isEmpty());
                if (wrong.isEmpty()) {
                    output.line("%-11s %s: works".formatted(side.getKey(), side.getValue()));
                } else {
                    entry.put("message", wrong.get().getMessage());
                    output.line("%-11s %s: does not work\n  %s"
                            .formatted(
                                    side.getKey(), side.getValue(), wrong.get().getMessage()));
                    code = code == ExitCode.DONE ? ExitCode.of(wrong.get().type()) : code;
                }
            }
            output.result(code == ExitCode.DONE, result, Optional.empty());
            return code;
        }
    }

    /// What is wrong with one side; empty when it works. A connector that gives up and says why has answered too, and
    /// the other side is asked all the same.
    private static Optional<RunnerException> check(
            Connection.Connector connector, Connection connection, Workbench workbench) throws InterruptedException {
        try {
            AirbyteConnectionStatus answer =
                    workbench.operations().check(connector, connection.limits().operationTimeout());
            return answer.status() == AirbyteConnectionStatus.Status.SUCCEEDED
                    ? Optional.empty()
                    : Optional.of(new RunnerException(
                            FailureType.CONFIG_ERROR,
                            GAVE_UP,
                            workbench.mask().apply(answer.message().orElse("the configuration does not work")),
                            "",
                            ""));
        } catch (RunnerException e) {
            if (e.code().equals(GAVE_UP)) {
                return Optional.of(e);
            }
            throw e;
        }
    }
}
