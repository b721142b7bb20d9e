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
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "sync",
        mixinStandardHelpOptions = true,
        description = "Moves what is new from the source to the destination of a connection.",
        footer = {"", "Example:  sluice sync examples/quickstart.yaml"})
final class SyncCommand implements Callable<Integer>, JsonOutput {
    /// After Ctrl-C, everything has this long to end in good order.
    private static final long END_SECONDS = 20;

    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "The connection file.")
    private Path file;

    @Option(
            names = "--state",
            paramLabel = "PLACE",
            description = "Where states are kept: a file, or postgresql://user:password@host/db."
                    + " Default: .sluice/state.db beside FILE, or SLUICE_STATE.")
    private Optional<String> state;

    @Option(names = "--json", description = "Print one JSON object instead of a summary.")
    private boolean json;

    SyncCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public boolean wantsJson() {
        return json;
    }

    @Override
    public Integer call() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Cancellation cancellation = new Cancellation(Thread.currentThread(), ended);
        Runtime.getRuntime().addShutdownHook(cancellation.hook());
        try (FileLog log = new FileLog(
                        Workbench.directory(file), file.getFileName().toString());
                Workbench workbench = new Workbench(terminal.home(), terminal.environment(), terminal::notice, log)) {
            return sync(workbench, log, cancellation);
        } finally {
            ended.countDown();
        }
    }

    private int sync(Workbench workbench, FileLog log, Cancellation cancellation) throws InterruptedException {
        Connection connection = workbench.connection(file);
        connection
                .schedule()
                .ifPresent(schedule -> terminal.notice(
                        "schedule '%s' is kept, but nothing runs it yet: this is one sync, now".formatted(schedule)));
        try (StateStore store = workbench.stateStore(connection, state);
                ConnectionState stored = store.acquire(connection.name())) {
            AirbyteCatalog catalog = workbench
                    .operations()
                    .discover(
                            connection.source().launch(),
                            connection.source().config(),
                            connection.limits().operationTimeout());
            ConnectorSpecification destination = workbench.spec(connection, connection.destination());
            SyncPlan plan = SyncPlan.make(
                    connection,
                    catalog,
                    destination,
                    stored.state(),
                    stored.generations(),
                    System.currentTimeMillis() / 1000);
            Sync sync = new Sync(connection, plan, workbench.launcher(), stored, workbench.mask(), log);
            cancellation.of(sync);
            SyncReport report;
            try (ProgressView progress = new ProgressView(terminal, sync, json)) {
                report = sync.run();
            }
            report.warnings().forEach(warning -> log.line(Level.WARN, "sluice", warning));
            if (json) {
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
        ObjectNode envelope = Json.mapper().createObjectNode();
        envelope.put("ok", report.isSuccess());
        envelope.set("result", result);
        if (!report.isSuccess()) {
            envelope.set("error", ErrorReport.json(report.failures().getFirst()));
        }
        terminal.out().println(envelope);
    }

    /// Ctrl-C and SIGTERM: the sync ends in good order, and the JVM waits for that.
    private static final class Cancellation {
        private final Thread runs;
        private final CountDownLatch ended;
        private volatile Optional<Sync> sync = Optional.empty();

        Cancellation(Thread runs, CountDownLatch ended) {
            this.runs = runs;
            this.ended = ended;
        }

        void of(Sync sync) {
            this.sync = Optional.of(sync);
        }

        Thread hook() {
            return Thread.ofPlatform().name("stop").unstarted(() -> {
                if (ended.getCount() == 0) {
                    return;
                }
                sync.ifPresentOrElse(Sync::cancel, runs::interrupt);
                try {
                    if (!ended.await(END_SECONDS, TimeUnit.SECONDS)) {
                        runs.interrupt();
                        ended.await(END_SECONDS, TimeUnit.SECONDS);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }
}
