package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.state.Run;
import dev.sluice.runner.state.StateStore;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "runs",
        description = "Shows the last syncs of a connection, newest first.",
        footer = {"", "Example:  sluice runs examples/quickstart.yaml --limit 5"})
final class RunsCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    private final Terminal terminal;
    private final Output output;

    @Mixin
    private final FileArgument file = new FileArgument();

    @Mixin
    private final StateOption state = new StateOption();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "At most this many. Default: ${DEFAULT-VALUE}.")
    private int limit;

    RunsCommand(Terminal terminal, Output output) {
        this.terminal = terminal;
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Workbench workbench = terminal.workbench()) {
            Connection connection = workbench.connectionWithoutSpecs(file.path());
            try (StateStore store = workbench.stateStore(connection, state.place())) {
                List<Run> runs = store.runs(connection.name(), limit);
                if (runs.isEmpty()) {
                    terminal.notice("no sync of the connection '%s' is noted in %s"
                            .formatted(connection.name(), store.location()));
                } else {
                    output.line("   run  started                    took  attempts        records  outcome");
                    runs.forEach(run -> output.line(line(run, run == runs.getFirst())));
                }
                ArrayNode result = Json.mapper().createArrayNode();
                runs.forEach(run -> result.add(json(run)));
                output.result(result);
                return ExitCode.DONE;
            }
        }
    }

    private static String line(Run run, boolean newest) {
        String begin = "%6d  %s".formatted(run.sync(), TIME.format(run.started()));
        if (run.end().isEmpty()) {
            // Only one runs at a time, so what came before another has ended.
            return "%s  %34s%s".formatted(begin, "", newest ? "  runs, or was killed" : "  was killed");
        }
        Run.End end = run.end().get();
        String outcome = end.outcome().name().toLowerCase(Locale.ROOT);
        return "%s  %10s  %8d  %,13d  %s"
                .formatted(
                        begin,
                        Summary.took(Duration.between(run.started(), end.at())),
                        end.attempts(),
                        end.records(),
                        end.code().isEmpty() ? outcome : outcome + ": " + ErrorReport.line(end.message()));
    }

    private static ObjectNode json(Run run) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("run", run.sync());
        json.put("started", run.started().toString());
        run.log().ifPresent(log -> json.put("log", log));
        run.end().ifPresent(end -> {
            json.put("ended", end.at().toString());
            json.put("outcome", end.outcome().name().toLowerCase(Locale.ROOT));
            json.put("attempts", end.attempts());
            json.put("records", end.records());
            json.put("bytes", end.bytes());
            json.put("committed", end.committed());
            json.put("checkpoints", end.checkpoints());
            if (!end.code().isEmpty()) {
                json.putObject("failure").put("code", end.code()).put("message", end.message());
            }
        });
        return json;
    }
}
