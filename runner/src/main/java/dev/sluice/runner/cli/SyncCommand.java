package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.StateStore;
import dev.sluice.runner.sync.StreamProgress;
import dev.sluice.runner.sync.SyncJob;
import dev.sluice.runner.sync.SyncReport;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @Option(names = "--once", description = "One attempt: when it fails, it is not made again.")
    private boolean once;

    @Option(
            names = "--refresh",
            paramLabel = "STREAM",
            description = "Read this stream from the start; its older rows go when it is whole. May be given several"
                    + " times.")
    private Set<String> refresh = Set.of();

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
        log.holdAtMost(connection.limits().logs().maxBytes());
        connection
                .schedule()
                .ifPresent(schedule -> terminal.notice(
                        "schedule '%s' is kept, but nothing runs it yet: this is one sync, now".formatted(schedule)));
        try (StateStore store = workbench.stateStore(connection, state.place());
                ConnectionState stored = store.acquire(connection.name())) {
            connection.keepConfigsIn(stored); // Refused once another runner has taken the connection over.
            SyncJob job = new SyncJob(
                    once ? connection.once() : connection,
                    stored,
                    workbench.operations(),
                    workbench.launcher(),
                    workbench.mask(),
                    workbench.log());
            terminal.interruption().gently(() -> {
                if (!job.cancel()) {
                    workbench.stopConnectors();
                }
            });
            SyncReport report;
            try (AttemptView view = new AttemptView(job)) {
                report = job.run(refresh, view);
            }
            log.removeOlder(connection.limits().logs());
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

    /// The progress of the attempt that runs, and a line for each that has failed.
    private final class AttemptView implements SyncJob.Listener, AutoCloseable {
        private final SyncJob job;
        private Optional<ProgressView> progress = Optional.empty();

        AttemptView(SyncJob job) {
            this.job = job;
        }

        @Override
        public void begins(int attempt) {
            progress = Optional.of(new ProgressView(terminal, job::progress, output.isJson()));
        }

        @Override
        public void failed(int attempt, RunnerException cause, Duration wait) {
            close();
            terminal.notice("attempt %d failed: %s; the next begins %s"
                    .formatted(
                            attempt,
                            ErrorReport.line(cause.getMessage()),
                            wait.isZero() ? "now" : "in " + Connection.Limits.words(wait)));
        }

        @Override
        public void close() {
            progress.ifPresent(ProgressView::close);
            progress = Optional.empty();
        }
    }

    private void print(SyncReport report, Connection connection, StateStore store, FileLog log) {
        if (report.isSuccess() || !report.streams().isEmpty()) {
            new Summary(terminal).print(report, connection, store.location());
        }
        report.warnings().forEach(warning -> terminal.err().println("warning: " + warning));
        if (!report.isSuccess()) {
            terminal.err().println(ErrorReport.text(report.failures()));
            if (Files.exists(log.file())) {
                terminal.err().println("  log:   " + log.file());
            }
        }
    }

    private void printJson(SyncReport report) {
        ObjectNode result = Json.mapper().createObjectNode();
        result.put("sync", report.sync());
        result.put("attempts", report.attempts());
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
