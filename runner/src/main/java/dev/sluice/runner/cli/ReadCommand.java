package dev.sluice.runner.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteErrorTraceMessage;
import dev.sluice.protocol.AirbyteTraceMessage;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.ForeignLine;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.Line;
import dev.sluice.protocol.json.LongRecordLine;
import dev.sluice.protocol.json.MessageLine;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.RecordLine;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.connection.StreamSettings;
import dev.sluice.runner.launch.ConnectorCommand.Read;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.RunningConnector;
import dev.sluice.runner.state.SyncState;
import dev.sluice.runner.sync.SyncPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "read",
        mixinStandardHelpOptions = true,
        description = "Prints records of a connection's source, one JSON object a line. Nothing is stored.",
        footer = {"", "Example:  sluice read examples/quickstart.yaml --stream users --limit 3"})
final class ReadCommand implements Callable<Integer>, JsonOutput {
    /// Records after which it is looked whether somebody still reads: `| head` has closed the pipe by then.
    private static final int CHECK_EVERY = 100;

    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "The connection file.")
    private Path file;

    @Option(names = "--stream", paramLabel = "NAME", description = "Only this stream. Default: all selected ones.")
    private Optional<String> stream;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "10",
            description = "At most this many records; 0 for all. Default: ${DEFAULT-VALUE}.")
    private long limit;

    @Option(names = "--json", description = "Print an error as one JSON object.")
    private boolean json;

    ReadCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public boolean wantsJson() {
        return json;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        try (Workbench workbench = terminal.workbench()) {
            Connection connection = workbench.connection(file);
            AirbyteCatalog catalog = workbench
                    .operations()
                    .discover(
                            connection.source().launch(),
                            connection.source().config(),
                            connection.limits().operationTimeout());
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
                return print(source, workbench);
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

    private int print(RunningConnector source, Workbench workbench) throws IOException, InterruptedException {
        MessageReader reader = new MessageReader(source.output());
        Optional<AirbyteErrorTraceMessage> error = Optional.empty();
        long printed = 0;
        for (Line line = reader.read(); line != null; line = reader.read()) {
            switch (line) {
                case RecordLine record -> {
                    terminal.out()
                            .println(new String(
                                    record.bytes(), record.dataStart(), record.dataEnd() - record.dataStart(), UTF_8));
                    printed++;
                    boolean nobodyReads =
                            printed % CHECK_EVERY == 0 && terminal.out().checkError();
                    if (printed == limit || nobodyReads) {
                        return ExitCode.DONE;
                    }
                }
                case LongRecordLine _ -> throw new AssertionError("this reader does not spool");
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
