package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.StateStore;
import dev.sluice.runner.sync.StreamProgress;
import dev.sluice.runner.sync.Sync;
import dev.sluice.runner.sync.SyncPlan;
import dev.sluice.runner.sync.SyncReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "sync",
        description = "Moves what is new from the source to the destination of a connection.",
        footer = {"", "Example:  sluice sync examples/quickstart.yaml"})
final class SyncCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Output output;

    @Mixin
    private final FileArgument file = new FileArgument();

    @Mixin
    private final StateOption state = new StateOption();

    SyncCommand(Terminal terminal, Output output) {
        this.terminal = terminal;
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (FileLog log = new FileLog(
                        Workbench.directory(file.path()),
                        file.path().getFileName().toString());
                Workbench workbench = terminal.workbench(log)) {
            return sync(workbench, log);
        }
    }

    private int sync(Workbench workbench, FileLog log) throws InterruptedException {
        Connection connection = workbench.connection(file.path(), state.place());
        connection
                .schedule()
                .ifPresent(schedule -> terminal.notice(
                        "schedule '%s' is kept, but nothing runs it yet: this is one sync, now".formatted(schedule)));
        try (StateStore store = workbench.stateStore(connection, state.place());
                ConnectionState stored = store.acquire(connection.name())) {
            connection.keepConfigsIn(stored); // Refused once another runner has taken the connection over.
            AirbyteCatalog catalog = workbench
                    .operations()
                    .discover(connection.source(), connection.limits().operationTimeout());
            ConnectorSpecification destination = workbench.spec(connection, connection.destination());
            SyncPlan plan = SyncPlan.make(
                    connection,
                    catalog,
                    destination,
                    stored.state(),
                    stored.generations(),
                    System.currentTimeMillis() / 1000);
            Sync sync = new Sync(connection, plan, workbench.launcher(), stored, workbench.mask(), log);
            terminal.interruption().gently(sync::cancel);
            SyncReport report;
            try (ProgressView progress = new ProgressView(terminal, sync, output.isJson())) {
                report = sync.run();
            }
            report.warnings().forEach(warning -> log.line(Level.WARN, "sluice", warning));
            log.problem().ifPresent(terminal::notice);
            if (output.isJson()) {
                printJson(report);
            } else {
                print(report, connection, store, log);
            }
            return report.isSuccess()
                    ? ExitCode.DONE
                    : ExitCode.of(report.failures().getFirst().type());
        }
    }

    private void print(SyncReport report, Connection connection, StateStore store, FileLog log) {
        new Summary(terminal).print(report, connection, store.location());
        report.warnings().forEach(warning -> terminal.err().println("warning: " + warning));
        if (!report.isSuccess()) {
            terminal.err().println(ErrorReport.text(report.failures()));
            terminal.err().println("  log:   " + log.file());
        }
    }

    private void printJson(SyncReport report) {
        ObjectNode result = Json.mapper().createObjectNode();
        result.put("sync", report.sync());
        result.put("seconds", report.took().toMillis() / 1000.0);
        result.put("checkpoints", report.checkpoints());
        ArrayNode streams = result.putArray("streams");
        for (StreamProgress stream : report.streams()) {
            streams.addObject()
                    .put("stream", stream.stream().toString())
                    .put("records", stream.records())
                    .put("bytes", stream.bytes())
                    .put("committed", stream.committed())
                    .put("complete", stream.complete());
        }
        report.whereToLook().ifPresent(where -> result.put("where_to_look", where));
        ArrayNode warnings = result.putArray("warnings");
        report.warnings().forEach(warnings::add);
        output.result(report.isSuccess(), result, report.failures().stream().findFirst());
    }
}
