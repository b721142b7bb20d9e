package dev.sluice.runner.sync;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.AirbyteControlMessage;
import dev.sluice.protocol.AirbyteLogMessage;
import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.protocol.AirbyteStateMessage;
import dev.sluice.protocol.AirbyteTraceMessage;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.StreamDescriptor;
import dev.sluice.protocol.json.ForeignLine;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.Line;
import dev.sluice.protocol.json.LongRecordLine;
import dev.sluice.protocol.json.MessageLine;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.RecordLine;
import dev.sluice.runner.RunLog;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorCommand.Read;
import dev.sluice.runner.launch.ConnectorCommand.Write;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.Launcher;
import dev.sluice.runner.launch.RunningConnector;
import dev.sluice.runner.launch.StoppableLauncher;
import dev.sluice.runner.state.ConnectionState;
import dev.sluice.runner.state.SyncState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// One attempt at a sync of one connection, from the stored state to the last checkpoint. [SyncJob] makes another
/// when it fails.
///
/// Two threads and no queue: the pump carries the source's lines to the destination, the caller's thread reads
/// what the destination says. Both block, and a full pipe is the back-pressure.
final class Sync {
    /// The convention by which our destinations say where the data is; see docs/reference/protocol-extensions.md.
    private static final String WHERE_TO_LOOK = "sluice.where_to_look";

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final long SAVE_EVERY_NANOS = 1_000_000_000L;

    private final Connection connection;
    private final SyncPlan plan;
    private final StoppableLauncher launcher;
    private final ConnectionState store;
    private final long id;
    private final SecretMask mask;
    private final RunLog log;
    private final Failures failures;
    private final Oddities oddities;
    private final Map<StreamDescriptor, StreamProgress> streams = new LinkedHashMap<>();
    private final long startedAt = System.nanoTime();
    private volatile Optional<RunningConnector> runningSource = Optional.empty();
    private boolean started;
    private Optional<String> whereToLook = Optional.empty();

    /// @param id of the sync this is an attempt of
    /// @param before how far the attempt before this one came; empty for the first
    Sync(
            Connection connection,
            SyncPlan plan,
            Launcher launcher,
            ConnectionState store,
            long id,
            List<StreamProgress> before,
            SecretMask mask,
            RunLog log) {
        this.connection = connection;
        this.plan = plan;
        this.launcher = new StoppableLauncher(launcher);
        this.store = store;
        this.id = id;
        this.mask = mask;
        this.log = log;
        this.failures = new Failures(
                connection.source().toString(), connection.destination().toString(), mask, log);
        this.oddities = new Oddities(connection.source().toString());
        plan.streams().forEach(stream -> streams.put(stream.descriptor(), new StreamProgress(stream, before)));
    }

    /// How far it is; may be asked at any time, from any thread.
    List<StreamProgress> progress() {
        return List.copyOf(streams.values());
    }

    /// Whether what the streams start from has been stored; asked after it has run.
    boolean hasStarted() {
        return started;
    }

    /// Stops the sync in good order: the source at once, the destination once it has committed what it has. While they
    /// are started, once both run, unless that takes too long.
    void cancel() {
        failures.cancelled();
        runningSource.ifPresentOrElse(
                source -> source.stop(GRACE),
                // On a thread of its own: the common pool may be busy with the program's work.
                () -> CompletableFuture.delayedExecutor(
                                GRACE.toSeconds(),
                                TimeUnit.SECONDS,
                                Thread.ofPlatform().daemon()::start)
                        .execute(this::endStarting));
    }

    private void endStarting() {
        if (runningSource.isEmpty()) {
            launcher.stopAll();
        }
    }

    /// Returns when both connectors have ended and the last state the destination returned is stored.
    SyncReport run() throws InterruptedException {
        Checkpointer checkpointer = new Checkpointer(store, plan.from(), streams);
        if (streams.isEmpty()) {
            return report(checkpointer); // Some destinations hang on an empty catalog.
        }
        JsonNode catalog = Json.mapper().valueToTree(plan.catalog(id));
        try (BothConnectors both = BothConnectors.start(
                        () -> launch(
                                connection.source(),
                                new Read(
                                        connection.source().config(),
                                        catalog,
                                        plan.from().toDocument())),
                        () -> launch(
                                connection.destination(),
                                new Write(connection.destination().config(), catalog)));
                Liveness liveness = new Liveness(connection.limits(), failures)) {
            RunningConnector source = both.source();
            RunningConnector destination = both.destination();
            // Not before both run: a start that fails must cost no state and no generation.
            store.start(plan.from(), plan.generations());
            started = true;
            runningSource = Optional.of(source);
            if (failures.any()) {
                source.stop(GRACE); // Cancelled while they were started.
            }
            liveness.watch(source, destination);
            Thread pump = Thread.ofPlatform().name("pump").start(pump(source, destination, checkpointer, liveness));
            readDestination(destination, checkpointer, liveness);
            ExitStatus exit = ended(destination);
            if (!exit.isSuccess()) {
                failures.destinationEnded(exit, destination.lastErrorLines());
            } else if (!liveness.hasSourceEnded()) {
                failures.destinationEndedEarly();
            }
            if (!liveness.hasSourceEnded()) {
                source.stop(GRACE); // It would go on for nobody.
            }
            pump.join();
        } catch (RunnerException e) {
            failures.runner(e);
        } finally {
            runningSource = Optional.empty();
        }
        return report(checkpointer);
    }

    private SourcePump pump(
            RunningConnector source, RunningConnector destination, Checkpointer checkpointer, Liveness liveness) {
        return new SourcePump(
                source,
                destination.input(),
                connection.limits().lineBytes(),
                streams,
                !(plan.from() instanceof SyncState.PerStream),
                checkpointer,
                failures,
                oddities,
                liveness,
                connection.source().updates(),
                log,
                () -> Thread.ofPlatform().daemon().name("widen").start(() -> {
                    source.widenOutput();
                    destination.widenInput();
                }));
    }

    private RunningConnector launch(Connection.Connector connector, ConnectorCommand command)
            throws InterruptedException {
        return launcher.launch(
                connector.launch(),
                command,
                line -> log.line(Level.INFO, connector.launch().name(), line));
    }

    /// Until the destination closes its output.
    private void readDestination(RunningConnector destination, Checkpointer checkpointer, Liveness liveness) {
        MessageReader reader =
                new MessageReader(destination.output(), connection.limits().lineBytes(), waiting -> {});
        long lastSave = System.nanoTime();
        try {
            for (Line line = reader.read(); line != null; line = reader.read()) {
                switch (line) {
                    case MessageLine message -> {
                        if (message.message() instanceof AirbyteStateMessage) {
                            liveness.destinationReturnedState();
                        }
                        onDestinationMessage(message, checkpointer);
                    }
                    case ForeignLine foreign -> log.line(Level.INFO, destination.name(), foreign.text());
                    case RecordLine _, LongRecordLine _ ->
                        log.line(Level.WARN, destination.name(), "sent a record, which a destination does not");
                }
                // States come in bursts; the last of a burst is enough.
                if (!reader.ready() || System.nanoTime() - lastSave > SAVE_EVERY_NANOS) {
                    checkpointer.saveInPassing(
                            connection.limits().storeTimeout(), problem -> log.line(Level.WARN, "sluice", problem));
                    lastSave = System.nanoTime();
                }
            }
        } catch (RunnerException e) {
            failures.runner(e);
            destination.stop(GRACE);
            keepRest(reader);
        } catch (IOException e) {
            failures.runner(new RunnerException(
                    FailureType.SYSTEM_ERROR,
                    "connector.unreadable",
                    "the output of %s cannot be read any more: %s".formatted(destination.name(), e.getMessage()),
                    "write",
                    "",
                    e));
            destination.stop(GRACE);
        }
        try {
            checkpointer.save(); // Also what came before a failure.
        } catch (RunnerException e) {
            failures.runner(e);
            destination.stop(GRACE);
        }
    }

    private void keepRest(MessageReader destination) {
        try {
            connection.destination().updates().acceptRest(destination, log);
        } catch (RunnerException e) {
            failures.runner(e);
        }
    }

    private void onDestinationMessage(MessageLine line, Checkpointer checkpointer) {
        switch (line.message()) {
            case AirbyteStateMessage state -> checkpointer.returned(state, line.json());
            case AirbyteTraceMessage.Error error -> {
                log.said(connection.destination().toString(), error.error());
                failures.destinationTrace(error.error());
            }
            case AirbyteTraceMessage.Analytics analytics -> {
                if (analytics.analytics().type().equals(WHERE_TO_LOOK)) {
                    whereToLook = analytics
                            .analytics()
                            .value()
                            .map(connection.destination().launch()::seenFromHere)
                            .map(mask::apply);
                }
            }
            case AirbyteLogMessage said -> log.said(connection.destination().toString(), said);
            case AirbyteControlMessage asked ->
                connection.destination().updates().accept(asked, log);
            default -> {
                // Nothing a runner acts on.
            }
        }
    }

    /// A destination that has closed its output may still be at work, as long as its limit allows.
    private ExitStatus ended(RunningConnector destination) throws InterruptedException {
        Optional<ExitStatus> exit = destination.awaitExit(connection.limits().destinationTimeout());
        if (exit.isPresent()) {
            return exit.get();
        }
        failures.destinationTimeout(connection.limits().destinationTimeout());
        destination.stop(GRACE);
        return destination.awaitExit();
    }

    private SyncReport report(Checkpointer checkpointer) {
        if (connection.limits().strict()) {
            failures.strict(checkpointer.miscounts());
        }
        if (failures.any()) {
            streams.values().forEach(stream -> stream.complete = false);
        } else {
            completeStreams();
        }
        List<RunnerException> ranked = failures.ranked();
        List<String> warnings = new ArrayList<>(failures.warnings());
        warnings.addAll(checkpointer.warnings());
        if (!connection.limits().strict()) {
            warnings.addAll(checkpointer.miscounts());
        }
        warnings.addAll(oddities.warnings());
        for (StreamProgress stream : streams.values()) {
            stream.check
                    .columns()
                    .flatMap(FieldSelection::undeclared)
                    .ifPresent(text -> warnings.add("the stream '%s': %s".formatted(stream.stream(), text)));
        }
        if (ranked.isEmpty() && checkpointer.underway() > 0) {
            warnings.add(
                    "%s ended well but did not return %d of the states it was sent; the next sync sends those records again"
                            .formatted(connection.destination(), checkpointer.underway()));
        }
        return new SyncReport(
                id,
                1,
                progress(),
                ranked,
                warnings,
                checkpointer.checkpoints(),
                Duration.ofNanos(System.nanoTime() - startedAt),
                whereToLook);
    }

    /// A stream that was announced as complete is so only if the destination ended well, and once it is stored.
    private void completeStreams() {
        try {
            for (StreamProgress stream : streams.values()) {
                if (stream.complete) {
                    store.complete(stream.stream());
                }
            }
        } catch (RunnerException e) {
            failures.runner(e);
        }
    }
}
