package dev.sluice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.launch.StoppableLauncher;
import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.StateDocument;
import dev.sluice.runner.state.StateStore;
import dev.sluice.runner.state.SyncState;
import dev.sluice.runner.sync.Reading;
import dev.sluice.runner.sync.SyncJob;
import dev.sluice.runner.sync.SyncPlan;
import dev.sluice.runner.sync.SyncReport;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/// Streams of a source, to be read or synced. It never changes, like [Connector].
public final class Selection {
    private final Source source;

    /// `streams:` and `sync:` of a connection file.
    private final ObjectNode selected;

    private final Set<String> refresh;

    Selection(Source source, ObjectNode selected, Set<String> refresh) {
        this.source = source;
        this.selected = selected;
        this.refresh = refresh;
    }

    /// For those streams that can and say nothing else.
    ///
    /// @param mode `full_refresh` or `incremental`
    public Selection mode(String mode) {
        return sync("mode", mode);
    }

    /// What becomes of the rows that are there already; for syncs.
    ///
    /// @param mode `append`, `overwrite`, `append_dedup` or `overwrite_dedup`
    public Selection destinationMode(String mode) {
        return sync("destination_mode", mode);
    }

    private Selection sync(String key, String value) {
        ObjectNode changed = selected.deepCopy();
        changed.withObjectProperty("sync").put(key, value);
        return new Selection(source, changed, refresh);
    }

    /// Reads some of these streams from the start, whatever their mode; their older rows go when they are whole. For
    /// one sync: the selection it is called on stays as it is, for those that come after.
    ///
    /// @param streams names, `users` or with their namespace `public.users`
    public Selection refresh(String... streams) {
        Set<String> all = new HashSet<>(refresh);
        all.addAll(List.of(streams));
        return new Selection(source, selected, Set.copyOf(all));
    }

    /// Reads from the beginning; see [#read(JsonNode)].
    public Records read() {
        return read(SyncState.EMPTY);
    }

    /// Reads what has come since an earlier read: streams that can continue do so behind `state`, the others are
    /// read whole. The source is started, and runs until the records are closed.
    ///
    /// @param state of [Records#state], or any list of Airbyte's state messages
    /// @throws RunnerException `config.invalid` when a stream or a setting does not exist or fit, `state.invalid`
    ///     when `state` is none; else as the source can be asked for its streams or not
    public Records read(JsonNode state) {
        return read(new StateDocument(state, "the given state").replace(SyncState.EMPTY));
    }

    private Records read(SyncState from) {
        Sluice sluice = source.sluice;
        return sluice.call("read", launcher -> {
            Workbench workbench = sluice.workbench();
            Connection connection = sluice.connection(tree(), launcher);
            SyncPlan plan = SyncPlan.toRead(
                    connection,
                    workbench
                            .operations(launcher)
                            .discover(connection.source(), connection.limits().operationTimeout()),
                    from);
            return new Records(sluice, Reading.start(connection, plan, launcher, workbench.mask(), workbench.log()));
        });
    }

    /// Syncs and returns when it is done; see [#syncTo(Destination, String, SyncListener)].
    public SyncReport syncTo(Destination destination, String connection) {
        return syncTo(destination, connection, new SyncListener() {});
    }

    /// Moves what is new to a destination and returns when it is stored there: the sync of the command line,
    /// with its attempts. An interrupt of the calling thread stops it in good order: what the destination has
    /// committed is kept, and the next sync continues there.
    ///
    /// @param connection by this name the place is kept from one sync to the next. Two different connections
    ///     must not share one: the second would take the first one's place for its own
    /// @return of a sync that has done everything it should
    /// @throws RunnerException the cause, with what followed from it as suppressed exceptions, when the last
    ///     attempt has failed; `connection.busy` while another sync of this name runs, here or elsewhere
    public SyncReport syncTo(Destination destination, String connection, SyncListener listener) {
        Sluice sluice = source.sluice;
        StoppableLauncher launcher = new StoppableLauncher(sluice.workbench().launcher());
        AtomicReference<Optional<SyncJob>> job = new AtomicReference<>(Optional.empty());
        AtomicReference<Call<SyncReport>> call = new AtomicReference<>();
        SyncJob.Listener attempts = new SyncJob.Listener() {
            @Override
            public void failed(int attempt, RunnerException cause, Duration wait) {
                call.get().tell(() -> listener.failed(attempt, cause, wait));
            }
        };
        call.set(new Call<>(
                "sync " + connection,
                () -> {
                    ObjectNode tree = tree().put("name", connection).set("destination", destination.described);
                    return sync(sluice.connection(tree, launcher), launcher, job, attempts);
                },
                () -> {
                    if (!job.get().map(SyncJob::cancel).orElse(false)) {
                        launcher.stopAll();
                    }
                }));
        return sluice.await(
                call.get(),
                () -> listener.progress(job.get().map(SyncJob::progress).orElse(List.of())));
    }

    private SyncReport sync(
            Connection connection,
            StoppableLauncher launcher,
            AtomicReference<Optional<SyncJob>> running,
            SyncJob.Listener listener)
            throws InterruptedException {
        Workbench workbench = source.sluice.workbench();
        try (StateStore store = workbench.stateStore(connection, Optional.empty());
                ConnectionState stored = store.acquire(connection.name())) {
            connection.keepConfigsIn(stored);
            SyncJob job = new SyncJob(
                    connection, stored, workbench.operations(launcher), launcher, workbench.mask(), workbench.log());
            running.set(Optional.of(job));
            SyncReport report = job.run(refresh, listener);
            if (!report.isSuccess()) {
                throw RunnerException.of(report.failures());
            }
            return report;
        }
    }

    private ObjectNode tree() {
        return source.tree(source.described).setAll(selected);
    }
}
