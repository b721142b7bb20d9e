package dev.sluice.runner.connection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.SyncMode;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.connection.Connection.Limits;
import dev.sluice.runner.connection.Connection.LogsKept;
import dev.sluice.runner.connection.StreamSettings.WriteMode;
import dev.sluice.runner.launch.ConnectorLaunch;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads a connection file: YAML in, a [Connection] or a report of everything wrong with it out. What a program
/// describes is the same tree, and goes the same way.
public final class ConnectionFile {
    private static final Set<String> TOP =
            Set.of("name", "source", "destination", "sync", "streams", "limits", "logs", "state");
    private static final Set<String> CONTAINER =
            Set.of("network", "memory", "cpus", "processes", "local", "read_only", "tmp", "pipes");
    private static final Set<String> CONNECTOR = Stream.concat(
                    CONTAINER.stream(), Stream.of("type", "image", "command", "launch", "config"))
            .collect(Collectors.toUnmodifiableSet());
    private static final Set<String> SYNC = Set.of("schedule", "mode", "destination_mode");
    private static final Set<String> STREAM = Set.of("mode", "destination_mode", "cursor", "key", "fields");
    private static final Set<String> LIMITS = Set.of(
            "source_timeout",
            "destination_timeout",
            "operation_timeout",
            "start_timeout",
            "line_size",
            "attempts",
            "retry_after",
            "strict",
            "store_timeout");
    private static final Set<String> LOGS = Set.of("keep", "max_size");
    private static final long DEFAULT_MEMORY = 2L << 30;
    private static final String UNIX = "unix://";

    /// Asks a connector for its spec, before anything else is started.
    @FunctionalInterface
    public interface Specs {
        ConnectorSpecification of(ConnectorLaunch connector, Duration limit) throws InterruptedException;
    }

    private final Place place;
    private final Problems problems;
    private final YamlTree tree;
    private final Map<String, String> environment;
    private final OurConnectors ours;

    private ConnectionFile(
            Place place, Problems problems, YamlTree tree, Map<String, String> environment, OurConnectors ours) {
        this.place = place;
        this.problems = problems;
        this.tree = tree;
        this.environment = environment;
        this.ours = ours;
    }

    /// @param environment for references and for settings that may come from it
    /// @param mask learns the secrets of both configurations
    /// @param warnings receives what is odd but no reason to stop
    /// @throws RunnerException with every problem of the file, config against the connectors' specs included
    public static Connection read(
            Path file,
            Map<String, String> environment,
            OurConnectors ours,
            Specs specs,
            SecretMask mask,
            Consumer<String> warnings)
            throws InterruptedException {
        return parse(file, environment, ours).checked(specs, mask, warnings);
    }

    /// The same for what needs no connector: their settings are not looked at.
    public static Connection readWithoutSpecs(Path file, Map<String, String> environment, OurConnectors ours) {
        ConnectionFile parsed = parse(file, environment, ours);
        Connection connection = parsed.connection();
        parsed.problems.throwIfAny();
        return connection;
    }

    private static ConnectionFile parse(Path file, Map<String, String> environment, OurConnectors ours) {
        Place place = Place.file(file);
        Problems problems = new Problems(place);
        YamlTree tree = YamlTree.parse(text(file), new References(environment, place.directory()), problems);
        return new ConnectionFile(place, problems, tree, environment, ours);
    }

    /// What a program describes: the tree of a file, but without references, because a program has the values
    /// themselves.
    ///
    /// @param tree may lack a side, for what needs only the other: then the connection has none
    /// @param mask learns the secrets of the configurations
    /// @throws RunnerException with every problem, config against the connectors' specs included
    public static Connection of(
            ObjectNode tree,
            Place place,
            Map<String, String> environment,
            OurConnectors ours,
            Specs specs,
            SecretMask mask,
            Consumer<String> warnings)
            throws InterruptedException {
        Problems problems = new Problems(place);
        return new ConnectionFile(place, problems, YamlTree.of(tree, problems), environment, ours)
                .checked(specs, mask, warnings);
    }

    /// The same for what needs no setting of a connector.
    public static Connection ofWithoutSpecs(
            ObjectNode tree, Place place, Map<String, String> environment, OurConnectors ours) {
        Problems problems = new Problems(place);
        Connection connection =
                new ConnectionFile(place, problems, YamlTree.of(tree, problems), environment, ours).connection();
        problems.throwIfAny();
        return connection;
    }

    private Connection checked(Specs specs, SecretMask mask, Consumer<String> warnings) throws InterruptedException {
        Connection connection = connection();
        for (Connection.Connector connector :
                new Connection.Connector[] {connection.source(), connection.destination()}) {
            if (connector != null) {
                // Before a connector is asked for the first time: it is not told secrets then, but may know them.
                mask.learn(connector.config(), Json.mapper().missingNode());
            }
        }
        if (connection.source() != null) {
            checkConfig("source", connection.source(), connection.limits(), specs, mask, warnings);
        }
        if (connection.destination() != null) {
            checkConfig("destination", connection.destination(), connection.limits(), specs, mask, warnings);
        }
        problems.throwIfAny();
        return connection;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "config.no_such_file",
                    "there is no file %s".formatted(file),
                    Path.of("").toAbsolutePath().toString(),
                    "name a connection file, for example examples/quickstart.yaml",
                    e);
        } catch (MalformedInputException e) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR, "config.not_text", "%s is not a UTF-8 text".formatted(file), "", "", e);
        } catch (IOException e) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "config.unreadable",
                    "%s cannot be read: %s".formatted(file, e.getMessage()),
                    "",
                    "",
                    e);
        }
    }

    private void checkConfig(
            String side,
            Connection.Connector connector,
            Limits limits,
            Specs specs,
            SecretMask mask,
            Consumer<String> warnings)
            throws InterruptedException {
        ConnectorSpecification spec;
        try {
            spec = specs.of(connector.launch(), limits.operationTimeout());
        } catch (RunnerException e) {
            if (problems.isEmpty()) {
                throw e;
            }
            problems.add(tree.line(side), side, "cannot be asked for its spec: " + e.getMessage());
            return;
        }
        ObjectNode config = connector.config();
        new ConfigCheck(environment, tree, side + ".config", problems, warnings)
                .run(config, spec.connectionSpecification());
        mask.learn(config, spec.connectionSpecification());
        connector.updates().checkAgainst(spec.connectionSpecification(), mask, warnings);
    }

    private Connection connection() {
        Section root = new Section(tree.root(), "", tree, problems);
        if (!root.node().isObject()) {
            if (problems.isEmpty()) {
                problems.add(1, "", "is empty; it needs at least `source:` and `destination:`");
            }
            return new Connection(
                    "",
                    place,
                    null,
                    null,
                    Map.of(),
                    StreamSettings.DEFAULT,
                    Optional.empty(),
                    Limits.DEFAULT,
                    Optional.empty());
        }
        root.onlyKnows(TOP);
        Section sync = root.section("sync", SYNC);
        StreamSettings defaults =
                new StreamSettings(mode(sync), writeMode(sync), List.of(), List.of(), Set.of(), tree.line("sync"));
        Section limits = root.section("limits", LIMITS);
        Duration start = limits.amount("start_timeout", Section::duration, "90s or 5m")
                .orElse(ConnectorLaunch.InContainer.DEFAULT_START_TIMEOUT);
        return new Connection(
                name(root),
                place,
                connector(root, "source", start),
                connector(root, "destination", start),
                streams(root),
                defaults,
                schedule(sync),
                limits(limits, root.section("logs", LOGS)),
                root.text("state"));
    }

    private String name(Section root) {
        Optional<String> name = root.text("name");
        name.filter(String::isBlank)
                .ifPresent(_ -> root.problem("name", "is empty; leave it out to use the file's name"));
        return name.orElseGet(this::nameOfFile);
    }

    private String nameOfFile() {
        String name = place.file().map(Path::getFileName).map(Path::toString).orElse("");
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    /// Five fields, as in crontab. What they mean is checked by what will run them.
    private static Optional<String> schedule(Section sync) {
        Optional<String> schedule = sync.text("schedule");
        schedule.filter(s -> s.strip().split("\\s+").length != 5)
                .ifPresent(
                        _ -> sync.problem("schedule", "is not a cron expression of five fields, like \"0 2 * * *\""));
        return schedule;
    }

    private Connection.Connector connector(Section root, String side, Duration start) {
        if (place.file().isEmpty() && !root.has(side)) {
            return null;
        }
        if (!root.node().path(side).isObject()) {
            root.problem(
                    side,
                    "is missing; say which connector it is with `type:` (%s), `image:` or `command:`"
                            .formatted(String.join(", ", ours.types(side))));
            return null;
        }
        Section connector = root.section(side, CONNECTOR);
        JsonNode config = connector.node().path("config");
        if (!Section.isAbsent(config) && !config.isObject()) {
            connector.problem("config", "must be a mapping of settings");
        }
        ConnectorLaunch launch = launch(connector, start);
        if (launch == null) {
            return null;
        }
        return new Connection.Connector(
                launch,
                config.isObject()
                        ? ((ObjectNode) config).deepCopy()
                        : Json.mapper().createObjectNode());
    }

    /// Null when it cannot be told what to launch; then a problem says why.
    private ConnectorLaunch launch(Section connector, Duration start) {
        ConnectorLaunch.InContainer container = container(connector, start);
        long ways = Stream.of("type", "image", "command").filter(connector::has).count();
        if (ways != 1) {
            connector.problem(
                    "",
                    ways == 0
                            ? "does not say which connector it is; write `type:`, `image:` or `command:`"
                            : "says more than once which connector it is; keep one of `type:`, `image:` and `command:`");
            return null;
        }
        Optional<Way> way = connector.choice("launch", Way.values(), "a way to launch");
        boolean asProcess = way.map(Way.PROCESS::equals).orElse(connector.has("command"));
        if (asProcess) {
            CONTAINER.stream()
                    .filter(connector::has)
                    .forEach(name -> connector.problem(
                            name, "is for containers, but this connector runs as a process; remove it"));
        }
        if (connector.has("command")) {
            List<String> command = connector.texts("command");
            if (command.isEmpty()) {
                connector.problem("command", "is empty; name a program");
                return null;
            }
            if (!asProcess) {
                connector.problem("launch", "is 'docker', but a command runs as a process; name an `image:` instead");
            }
            return new ConnectorLaunch.AsProcess(command.getFirst(), command, place.directory());
        }
        if (connector.has("type")) {
            return ours(connector, asProcess, container);
        }
        String image = connector.text("image").orElse("");
        if (asProcess) {
            connector.problem("launch", "is 'process', but an image runs in Docker; name a `command:` instead");
        }
        if (image.isBlank()) {
            connector.problem(
                    "image", "is empty; write an image with its tag, for example airbyte/source-github:2.1.0");
            return null;
        }
        return container.of(image, Optional.empty());
    }

    private enum Way {
        DOCKER,
        PROCESS
    }

    private ConnectorLaunch ours(Section connector, boolean asProcess, ConnectorLaunch.InContainer container) {
        String side = connector.at();
        String type = connector.text("type").orElse("");
        Optional<Path> folder = ours.find(side, type);
        if (folder.isEmpty()) {
            connector.problem(
                    "type",
                    "is '%s', which is not one of ours%s".formatted(type, Problems.suggestion(type, ours.types(side))));
            return null;
        }
        return asProcess
                ? new ConnectorLaunch.AsProcess(
                        folder.get().getFileName().toString(),
                        List.of(ours.program(folder.get()).toString()),
                        place.directory())
                : container.of(ours.image(folder.get()), folder);
    }

    /// The limits of a container; its image is put in later.
    private ConnectorLaunch.InContainer container(Section connector, Duration start) {
        Optional<Path> local =
                connector.text("local").map(place.directory()::resolve).map(Path::normalize);
        local.filter(path -> !Files.isDirectory(path))
                .ifPresent(path -> connector.problem("local", "is not a directory: " + path));
        local.filter(this::holdsEngineSocket)
                .ifPresent(path -> connector.problem(
                        "local",
                        "is %s, which holds the socket of the Docker engine: whoever reaches that is root on this"
                                        .formatted(path)
                                + " machine; use another directory"));
        Optional<Boolean> readOnly = connector.flag("read_only");
        Optional<Long> tmp = connector.amount("tmp", Section::bytes, "512m or 2g");
        tmp.filter(_ -> readOnly.equals(Optional.of(false)))
                .ifPresent(_ -> connector.problem(
                        "tmp", "limits the /tmp of a read-only container, but `read_only` is false; remove one"));
        return new ConnectorLaunch.InContainer(
                "",
                Optional.empty(),
                connector.text("network").orElse("bridge"),
                connector.amount("memory", Section::bytes, "512m or 2g").orElse(DEFAULT_MEMORY),
                connector.amount("cpus", Section::plain, "1.5").orElse((double)
                        Runtime.getRuntime().availableProcessors()),
                connector
                        .amount("processes", Section::plain, "512")
                        .map(Double::intValue)
                        .orElse(1024),
                local,
                readOnly,
                tmp.orElse(ConnectorLaunch.InContainer.DEFAULT_TMP_BYTES),
                connector
                        .choice("pipes", ConnectorLaunch.Pipes.values(), "a kind of pipes")
                        .orElse(ConnectorLaunch.Pipes.AUTO),
                start);
    }

    /// Mounted itself, or somewhere below a directory that is: the conventional places, and where this runner's
    /// engine has it.
    private boolean holdsEngineSocket(Path directory) {
        Path real = real(directory);
        Stream<String> own =
                Stream.of(environment.getOrDefault("DOCKER_HOST", "")).filter(host -> host.startsWith(UNIX));
        return Stream.concat(
                        own.map(host -> host.substring(UNIX.length())),
                        Stream.of("/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock"))
                .map(Path::of)
                .filter(Files::exists)
                .map(ConnectionFile::real)
                .anyMatch(socket -> socket.startsWith(real));
    }

    /// Without symbolic links.
    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path;
        }
    }

    private Map<String, StreamSettings> streams(Section root) {
        JsonNode node = root.node().path("streams");
        Map<String, StreamSettings> streams = new LinkedHashMap<>();
        if (node.isArray()) {
            for (String name : root.texts("streams")) {
                streams.put(name, StreamSettings.DEFAULT);
            }
            if (streams.isEmpty()) {
                root.problem("streams", "is empty; name at least one stream, or leave it out to sync all");
            }
        } else if (node.isObject()) {
            for (String name : (Iterable<String>) node::fieldNames) {
                Section stream = root.in("streams").section(name, STREAM);
                streams.put(
                        name,
                        new StreamSettings(
                                mode(stream),
                                writeMode(stream),
                                stream.path("cursor"),
                                stream.paths("key"),
                                new LinkedHashSet<>(stream.texts("fields")),
                                tree.line(stream.at())));
            }
        } else if (!Section.isAbsent(node)) {
            root.problem("streams", "must be a list of names, or a mapping of names to settings");
        }
        return streams;
    }

    private static Optional<SyncMode> mode(Section section) {
        return section.choice("mode", SyncMode.values(), "a sync mode");
    }

    private static Optional<WriteMode> writeMode(Section section) {
        return section.choice("destination_mode", WriteMode.values(), "a destination mode");
    }

    private static Limits limits(Section limits, Section logs) {
        return new Limits(
                limits.amount("source_timeout", Section::duration, "30m or 3h").orElse(Limits.DEFAULT.sourceTimeout()),
                limits.amount("destination_timeout", Section::duration, "30m or 24h")
                        .orElse(Limits.DEFAULT.destinationTimeout()),
                limits.amount("operation_timeout", Section::duration, "90s or 9m")
                        .orElse(Limits.DEFAULT.operationTimeout()),
                limits.amount("line_size", Section::bytes, "256m")
                        .map(bytes -> (int) Math.min(bytes, Integer.MAX_VALUE - 64))
                        .orElse(Limits.DEFAULT.lineBytes()),
                limits.amount("attempts", Section::count, "5, or 1 for never again")
                        .orElse(Limits.DEFAULT.attempts()),
                limits.amount("retry_after", Section::duration, "10s").orElse(Limits.DEFAULT.retryAfter()),
                limits.flag("strict").orElse(false),
                limits.amount("store_timeout", Section::duration, "10m").orElse(Limits.DEFAULT.storeTimeout()),
                logs.amount("keep", ConnectionFile::logs, "50 (runs) or 30d")
                        .orElse(Limits.DEFAULT.logs())
                        .withMaxBytes(
                                logs.amount("max_size", Section::bytes, "1g").orElse(LogsKept.MAX_BYTES)));
    }

    private static LogsKept logs(double amount, String unit) {
        Integer runs = Section.count(amount, unit);
        if (runs != null) {
            return LogsKept.newest(runs);
        }
        Duration age = Section.duration(amount, unit);
        return age == null ? null : LogsKept.notOlderThan(age);
    }
}
