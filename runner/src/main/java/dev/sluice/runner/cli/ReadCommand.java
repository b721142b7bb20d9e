package dev.sluice.runner.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.protocol.json.RecordLine;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.connection.StreamSettings;
import dev.sluice.runner.state.SyncState;
import dev.sluice.runner.sync.Reading;
import dev.sluice.runner.sync.SyncPlan;
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
    public Integer call() throws InterruptedException {
        try (Workbench workbench = terminal.workbench()) {
            Connection connection = workbench.connection(file.path(), state.place());
            AirbyteCatalog catalog = workbench
                    .operations()
                    .discover(connection.source(), connection.limits().operationTimeout());
            Connection selected = stream.map(name -> connection.only(
                            Map.of(name, connection.streams().getOrDefault(name, StreamSettings.DEFAULT))))
                    .orElse(connection);
            try (Reading reading = Reading.start(
                    selected,
                    SyncPlan.toRead(selected, catalog, SyncState.EMPTY),
                    workbench.launcher(),
                    workbench.mask(),
                    (level, connector, text) -> show(level, text))) {
                return print(reading);
            }
        }
    }

    /// Details are for a log; here is none.
    private void show(Level level, String text) {
        if (level.compareTo(Level.DEBUG) < 0) {
            terminal.notice(text);
        }
    }

    /// With `--json` the envelope is written around the records while they come: there may be more than fit in memory.
    private int print(Reading reading) throws InterruptedException {
        if (!output.isJson()) {
            return printRecords(reading);
        }
        terminal.out().print("{\"result\":{\"records\":[");
        try {
            int code = printRecords(reading);
            terminal.out().println("]},\"ok\":true}");
            return code;
        } catch (RunnerException e) {
            terminal.out().println("]},\"ok\":false,\"error\":%s}".formatted(ErrorReport.json(e)));
            return ExitCode.of(e.type());
        }
    }

    private int printRecords(Reading reading) throws InterruptedException {
        long printed = 0;
        for (RecordLine record = reading.next(); record != null; record = reading.next()) {
            String data = new String(record.bytes(), record.dataStart(), record.dataEnd() - record.dataStart(), UTF_8);
            if (output.isJson()) {
                terminal.out().print((printed == 0 ? "" : ",") + data);
            } else {
                terminal.out().println(data);
            }
            printed++;
            boolean nobodyReads = printed % CHECK_EVERY == 0 && terminal.out().checkError();
            if (printed == limit || nobodyReads) {
                break;
            }
        }
        return ExitCode.DONE;
    }
}
