package dev.sluice.runner.sync;

import static dev.sluice.runner.sync.Lines.error;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteMessage;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.DestinationSyncMode;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.Messages;
import dev.sluice.runner.RunLog;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.connection.Connection.Limits;
import dev.sluice.runner.connection.Place;
import dev.sluice.runner.connection.StreamSettings;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.ExitStatus;
import dev.sluice.runner.launch.ExitStatus.Exited;
import dev.sluice.runner.launch.Launcher;
import dev.sluice.runner.operation.Operations;
import dev.sluice.runner.operation.SpecCache;
import dev.sluice.runner.state.SyncState;
import dev.sluice.runner.sync.ScriptedLauncher.Script;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// One connection between a scripted source and a scripted destination, and what came of it.
final class Scene {
    final InMemoryConnectionState store = new InMemoryConnectionState();
    final SecretMask mask = new SecretMask();

    /// What the destination of the last sync heard, as JSON.
    final List<JsonNode> heard = Collections.synchronizedList(new ArrayList<>());

    final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final List<AirbyteStream> streams;
    private final List<Sync> running = Collections.synchronizedList(new ArrayList<>());
    private Map<String, StreamSettings> settings = Map.of();
    private Limits limits = Limits.DEFAULT;
    private String sourceCommand = "source-x";
    private String destinationCommand = "destination-y";
    private Script source = playing(new Exited(0));
    private Script destination = returning();
    private Script questions = answering();
    private volatile String awaited = "\0";
    private volatile Runnable whenLogged = () -> {};
    ScriptedLauncher launcher;

    Scene(AirbyteStream... streams) {
        this.streams = List.of(streams);
    }

    Scene settings(String stream, StreamSettings chosen) {
        settings = Map.of(stream, chosen);
        return this;
    }

    static StreamSettings appending() {
        return new StreamSettings(
                Optional.empty(), Optional.of(StreamSettings.WriteMode.APPEND), List.of(), List.of(), Set.of(), 1);
    }

    Scene limits(Duration sourceTimeout, Duration destinationTimeout) {
        limits = new Limits(
                sourceTimeout,
                destinationTimeout,
                Duration.ofSeconds(30),
                64 << 20,
                5,
                Duration.ofMillis(1),
                limits.strict(),
                limits.storeTimeout(),
                limits.logs());
        return this;
    }

    Scene strict() {
        limits = limits(true, limits.storeTimeout());
        return this;
    }

    Scene storeTimeout(Duration timeout) {
        limits = limits(limits.strict(), timeout);
        return this;
    }

    private Limits limits(boolean strict, Duration storeTimeout) {
        return new Limits(
                limits.sourceTimeout(),
                limits.destinationTimeout(),
                limits.operationTimeout(),
                limits.lineBytes(),
                limits.attempts(),
                limits.retryAfter(),
                strict,
                storeTimeout,
                limits.logs());
    }

    Scene attempts(int attempts, Duration retryAfter) {
        limits = limits.withAttempts(attempts, retryAfter);
        return this;
    }

    Scene source(Script script) {
        source = script;
        return this;
    }

    /// A source that says this and ends well.
    Scene source(String... lines) {
        return source(playing(new Exited(0), lines));
    }

    Scene destination(Script script) {
        destination = script;
        return this;
    }

    /// Programs to be run instead of scripts.
    Scene programs(Path sourceProgram, Path destinationProgram) {
        sourceCommand = sourceProgram.toString();
        destinationCommand = destinationProgram.toString();
        return this;
    }

    /// A connector that does something else each time it is started.
    static Script inTurn(Script... scripts) {
        Iterator<Script> turns = List.of(scripts).iterator();
        return stage -> {
            Script turn;
            synchronized (turns) {
                turn = turns.next();
            }
            return turn.play(stage);
        };
    }

    static Script playing(ExitStatus exit, String... lines) {
        return stage -> {
            stage.say(lines);
            return exit;
        };
    }

    /// A destination as ours are: returns each state, and ends well if all streams were complete.
    Script returning() {
        return returning(state -> state);
    }

    /// @param change what becomes of a state on its way back; null when it is not returned
    Script returning(UnaryOperator<ObjectNode> change) {
        return stage -> {
            Set<JsonNode> complete = new HashSet<>();
            for (String line = stage.hear(); line != null; line = stage.hear()) {
                ObjectNode message = (ObjectNode) Lines.json(line);
                heard.add(message.deepCopy());
                switch (message.get("type").asText()) {
                    case "STATE" -> {
                        ObjectNode returned = change.apply(message);
                        if (returned != null) {
                            stage.say(returned.toString());
                        }
                    }
                    case "TRACE" -> complete.add(message.at("/trace/stream_status/stream_descriptor"));
                    default -> {}
                }
            }
            if (complete.size() == streams.size()) {
                return new Exited(0);
            }
            stage.say(error("transient_error", "some streams were not complete"));
            return new Exited(1);
        };
    }

    Connection connection() {
        return new Connection(
                "orders",
                Place.file(Path.of("orders.yaml")),
                connector("source-x", sourceCommand),
                connector("destination-y", destinationCommand),
                settings,
                StreamSettings.DEFAULT,
                Optional.empty(),
                limits,
                Optional.empty());
    }

    private static Connection.Connector connector(String name, String command) {
        return new Connection.Connector(
                new ConnectorLaunch.AsProcess(
                        name, List.of(command), Path.of("").toAbsolutePath()),
                Json.mapper().createObjectNode());
    }

    SyncReport run() throws InterruptedException {
        launcher = new ScriptedLauncher(source, destination);
        return run(launcher);
    }

    SyncReport run(Connection connection) throws InterruptedException {
        launcher = new ScriptedLauncher(source, destination);
        return run(connection, launcher);
    }

    SyncReport run(Launcher with) throws InterruptedException {
        return run(connection(), with);
    }

    private SyncReport run(Connection connection, Launcher with) throws InterruptedException {
        heard.clear();
        connection.keepConfigsIn(store);
        Sync sync = new Sync(
                connection, plan(), with, store, store.begin(_ -> Optional.empty()), List.of(), mask, runLog());
        running.add(sync);
        return sync.run();
    }

    /// What will make attempts at this sync.
    SyncJob job() {
        launcher = new ScriptedLauncher(source, destination, questions);
        Operations operations = new Operations(launcher, new SpecCache(Path.of("nowhere")), mask, runLog());
        return new SyncJob(connection(), store, operations, launcher, mask, runLog());
    }

    /// As connectors that are well answer.
    Script answering() {
        return stage -> {
            stage.say(
                    switch (stage.command()) {
                        case ConnectorCommand.Spec _ ->
                            "{\"type\":\"SPEC\",\"spec\":{\"connectionSpecification\":{},\"supported_destination_sync_modes\":"
                                    + "[\"append\",\"overwrite\",\"append_dedup\"]}}";
                        case ConnectorCommand.Check _ -> Lines.checked("SUCCEEDED", "");
                        default ->
                            Messages.toJson((AirbyteMessage) new AirbyteCatalog(streams))
                                    .toString();
                    });
            return new Exited(0);
        };
    }

    Scene questions(Script script) {
        questions = script;
        return this;
    }

    /// Does this when something is logged.
    Scene onLog(String text, Runnable action) {
        awaited = text;
        whenLogged = action;
        return this;
    }

    private RunLog runLog() {
        return mask.over((level, connector, text) -> {
            log.add("%s %s: %s".formatted(level, connector, text));
            if (text.contains(awaited)) {
                whenLogged.run();
            }
        });
    }

    SyncPlan plan() {
        return SyncPlan.make(
                connection(),
                new AirbyteCatalog(streams),
                ConnectorSpecification.destination(
                        "", Json.mapper().createObjectNode(), List.of(DestinationSyncMode.values())),
                store.state(),
                store.generations(),
                0);
    }

    /// How far the sync that runs is.
    List<StreamProgress> progress() {
        return running.getLast().progress();
    }

    /// As Ctrl-C does.
    void cancel() {
        running.getLast().cancel();
    }

    List<JsonNode> heard(String type) {
        return heard.stream().filter(m -> m.get("type").asText().equals(type)).toList();
    }

    /// The names of the streams the destination was told are complete.
    List<String> completed() {
        return heard("TRACE").stream()
                .map(m -> m.at("/trace/stream_status/stream_descriptor/name").asText())
                .toList();
    }

    /// What would be given to the source next time.
    String stored() {
        return store.state().toDocument().map(JsonNode::toString).orElse("nothing");
    }

    SyncState state() {
        return store.state();
    }
}
