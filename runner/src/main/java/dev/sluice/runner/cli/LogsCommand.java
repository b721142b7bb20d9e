package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.state.Run;
import dev.sluice.runner.state.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "logs",
        description = "Prints the log of a sync: what its connectors said, and how its attempts went.",
        footer = {"", "Example:  sluice logs examples/quickstart.yaml 17"})
final class LogsCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Output output;

    @Mixin
    private final FileArgument file = new FileArgument();

    @Mixin
    private final StateOption state = new StateOption();

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "RUN",
            description = "Its number, as `sluice runs` shows it. Default: the newest.")
    private Optional<Long> number;

    LogsCommand(Terminal terminal, Output output) {
        this.terminal = terminal;
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        try (Workbench workbench = terminal.workbench()) {
            Connection connection = workbench.connectionWithoutSpecs(file.path());
            try (StateStore store = workbench.stateStore(connection, state.place())) {
                Run run = number.flatMap(sync -> store.run(connection.name(), sync))
                        .or(() -> number.isPresent()
                                ? Optional.empty()
                                : store.runs(connection.name(), 1).stream().findFirst())
                        .orElseThrow(() -> noSuchRun(connection, store));
                print(run, log(run));
                return ExitCode.DONE;
            }
        }
    }

    private RunnerException noSuchRun(Connection connection, StateStore store) {
        return new RunnerException(
                FailureType.CONFIG_ERROR,
                "sync.unknown",
                number.map(sync -> "there was no sync %d of the connection '%s'".formatted(sync, connection.name()))
                        .orElse("the connection '%s' has never run".formatted(connection.name())),
                store.location(),
                "`sluice runs %s` shows those there were".formatted(file.path()));
    }

    private static Path log(Run run) {
        return run.log()
                .map(Path::of)
                .filter(Files::isReadable)
                .orElseThrow(() -> new RunnerException(
                        FailureType.CONFIG_ERROR,
                        "sync.no_log",
                        "the log of run %d is not here".formatted(run.sync()),
                        run.log().orElse(""),
                        "logs are kept on the machine that ran the sync, as long as `keep` under `logs:` says"));
    }

    private void print(Run run, Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            if (output.isJson()) {
                ObjectNode result = Json.mapper().createObjectNode();
                result.put("run", run.sync()).put("log", log.toString());
                ArrayNode all = result.putArray("lines");
                lines.forEach(all::add);
                output.result(result);
            } else {
                lines.forEach(terminal.out()::println);
            }
        }
    }
}
