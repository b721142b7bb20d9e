package dev.sluice.runner.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteControlMessage;
import dev.sluice.protocol.AirbyteErrorTraceMessage;
import dev.sluice.protocol.AirbyteTraceMessage;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.ForeignLine;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.Line;
import dev.sluice.protocol.json.MessageLine;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.RecordLine;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.ConfigUpdates;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.connection.StreamSettings;
import dev.sluice.runner.launch.ConnectorCommand.Read;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.RunningConnector;
import dev.sluice.runner.state.SyncState;
import dev.sluice.runner.sync.SyncPlan;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "read",
        description = "Prints records of a connection's source, one JSON object a line. Nothing is stored.",
        footer = {"", "Example:  sluice read examples/quickstart.yaml --stream users --limit 3"})
final class ReadCommand implements Callable<Integer> {
    /// Records after which it is looked whether somebody still reads: `| head` has closed the pipe by then.
    private static final int CHECK_EVERY = 100;

    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Terminal terminal;
    private final Output output;

    @Mixin
    private final FileArgument file = new FileArgument();

    @Mixin
    private final StateOption state = new StateOption();

    @Option(names = "--stream", paramLabel = "NAME", description = "Only this stream. Default: all selected ones.")
    private Optional<String> stream;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "10",
            description = "At most this many records; 0 for all. Default: ${DEFAULT-VALUE}.")
    private long limit;

    ReadCommand(Terminal terminal, Output output) {
        this.terminal = terminal;
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        try (Workbench workbench = terminal.workbench()) {
            Connection connection = workbench.connection(file.path(), state.place());
            AirbyteCatalog catalog = workbench
                    .operations()
                    .discover(connection.source(), connection.limits().operationTimeout());
            ConnectorSpecification destination = workbench.spec(connection, connection.destination());
            SyncPlan plan = SyncPlan.make(
                    stream.map(name -> only(connection, name)).orElse(connection),
                    catalog,
                    destination,
                    SyncState.EMPTY,
                    Map.of(),
                    0);
            Read read = new Read(
                    connection.source().config(), Json.mapper().valueToTree(plan.catalog(0)), Optional.empty());
            try (RunningConnector source = workbench
                    .launcher()
                    .launch(
                            connection.source().launch(),
                            read,
                            line -> terminal.notice(workbench.mask().apply(line)))) {
                return print(source, connection.source().updates(), workbench);
            }
        }
    }

    private static Connection only(Connection connection, String stream) {
        return new Connection(
                connection.name(),
                connection.file(),
                connection.source(),
                connection.destination(),
                Map.of(stream, connection.streams().getOrDefault(stream, StreamSettings.DEFAULT)),
                connection.defaults(),
                connection.schedule(),
                connection.limits(),
                connection.stateStore());
    }

    /// With `--json` the envelope is written around the records while they come: there may be more than fit in memory.
    private int print(RunningConnector source, ConfigUpdates updates, Workbench workbench)
            throws IOException, InterruptedException {
        if (!output.isJson()) {
            return printRecords(source, updates, workbench);
        }
        terminal.out().print("{\"result\":{\"records\":[");
        try {
            int code = printRecords(source, updates, workbench);
            terminal.out().println("]},\"ok\":true}");
            return code;
        } catch (RunnerException e) {
            terminal.out().println("]},\"ok\":false,\"error\":%s}".formatted(ErrorReport.json(e)));
            return ExitCode.of(e.type());
        }
    }

    private int printRecords(RunningConnector source, ConfigUpdates updates, Workbench workbench)
            throws IOException, InterruptedException {
        MessageReader reader = new MessageReader(source.output());
        Optional<AirbyteErrorTraceMessage> error = Optional.empty();
        long printed = 0;
        for (Line line = reader.read(); line != null; line = reader.read()) {
            switch (line) {
                case RecordLine record -> {
                    String data = new String(
                            record.bytes(), record.dataStart(), record.dataEnd() - record.dataStart(), UTF_8);
                    if (output.isJson()) {
                        terminal.out().print((printed == 0 ? "" : ",") + data);
                    } else {
                        terminal.out().println(data);
                    }
                    printed++;
                    boolean nobodyReads =
                            printed % CHECK_EVERY == 0 && terminal.out().checkError();
                    if (printed == limit || nobodyReads) {
                        source.stop(GRACE);
                        updates.acceptRest(reader, workbench.log());
                        return ExitCode.DONE;
                    }
                }
                case MessageLine(AirbyteControlMessage asked, var _) -> updates.accept(asked, workbench.log());
                case MessageLine(AirbyteTraceMessage.Error trace, var json) ->
                    error = error.or(() -> Optional.of(trace.error()));
                case MessageLine _ -> {
                    // States and the like are not what was asked for.
                }
                case ForeignLine foreign -> terminal.notice(workbench.mask().apply(foreign.text()));
            }
        }
        ExitStatus exit = source.awaitExit(Duration.ofSeconds(10)).orElse(new ExitStatus.Stopped());
        if (exit.isSuccess()) {
            return ExitCode.DONE;
        }
        throw new RunnerException(
                error.map(AirbyteErrorTraceMessage::failureType).orElse(FailureType.SYSTEM_ERROR),
                error.isPresent() ? "connector.failed" : exit.errorCode(),
                "%s: %s"
                        .formatted(
                                source.name(),
                                error.map(AirbyteErrorTraceMessage::message)
                                        .map(workbench.mask()::apply)
                                        .orElse(exit.describe())),
                "",
                "");
    }
}
