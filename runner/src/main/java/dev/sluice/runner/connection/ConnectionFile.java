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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final Set<String> LOGS = Set.of("keep");
    private static final Pattern AMOUNT = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([a-zA-Z]*)");
    private static final long DEFAULT_MEMORY = 2L << 30;

    /// Asks a connector for its spec, before anything else is started.
    @FunctionalInterface
    public interface Specs {
        ConnectorSpecification of(ConnectorLaunch connector, Duration limit) throws InterruptedException;
    }

    private final Place place;
    private final Problems problems;
    private final YamlTree tree;
    private final OurConnectors ours;

    private ConnectionFile(Place place, Problems problems, YamlTree tree, OurConnectors ours) {
        this.place = place;
        this.problems = problems;
        this.tree = tree;
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
        return parse(file, environment, ours).checked(environment, specs, mask, warnings);
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
        return new ConnectionFile(place, problems, tree, ours);
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
        return new ConnectionFile(place, problems, YamlTree.of(tree, problems), ours)
                .checked(environment, specs, mask, warnings);
    }

    /// The same for what needs no setting of a connector.
    public static Connection ofWithoutSpecs(ObjectNode tree, Place place, OurConnectors ours) {
        Problems problems = new Problems(place);
        Connection connection = new ConnectionFile(place, problems, YamlTree.of(tree, problems), ours).connection();
        problems.throwIfAny();
        return connection;
    }

    private Connection checked(Map<String, String> environment, Specs specs, SecretMask mask, Consumer<String> warnings)
            throws InterruptedException {
        Connection connection = connection();
        for (Connection.Connector connector :
                new Connection.Connector[] {connection.source(), connection.destination()}) {
            if (connector != null) {
                // Before a connector is asked for the first time: it is not told secrets then, but may know them.
                mask.learn(connector.config(), Json.mapper().missingNode());
            }
        }
        if (connection.source() != null) {
            checkConfig(environment, "source", connection.source(), connection.limits(), specs, mask, warnings);
        }
        if (connection.destination() != null) {
            checkConfig(
                    environment, "destination", connection.destination(), connection.limits(), specs, mask, warnings);
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
            Map<String, String> environment,
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
        JsonNode root = tree.root();
        if (!root.isObject()) {
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
        keys(root, "", TOP);
        JsonNode sync = section(root, "sync", SYNC);
        StreamSettings defaults = new StreamSettings(
                mode(sync, "sync"), writeMode(sync, "sync"), List.of(), List.of(), Set.of(), tree.line("sync"));
        return new Connection(
                name(root),
                place,
                connector(root, "source"),
                connector(root, "destination"),
                streams(root.path("streams")),
                defaults,
                schedule(sync),
                limits(root),
                text(root, "state", ""));
    }

    private String name(JsonNode root) {
        Optional<String> name = text(root, "name", "");
        name.filter(String::isBlank).ifPresent(_ -> problem("name", "is empty; leave it out to use the file's name"));
        return name.orElseGet(this::nameOfFile);
    }

    private String nameOfFile() {
        String name = place.file().map(Path::getFileName).map(Path::toString).orElse("");
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    /// Five fields, as in crontab. What they mean is checked by what will run them.
    private Optional<String> schedule(JsonNode sync) {
        Optional<String> schedule = text(sync, "schedule", "sync");
        schedule.filter(s -> s.strip().split("\\s+").length != 5)
                .ifPresent(
                        _ -> problem("sync.schedule", "is not a cron expression of five fields, like \"0 2 * * *\""));
        return schedule;
    }

    private Connection.Connector connector(JsonNode root, String side) {
        JsonNode node = root.path(side);
        if (place.file().isEmpty() && !root.has(side)) {
            return null;
        }
        if (!node.isObject()) {
            problem(
                    side,
                    "is missing; say which connector it is with `type:` (%s), `image:` or `command:`"
                            .formatted(String.join(", ", ours.types(side))));
            return null;
        }
        keys(node, side, CONNECTOR);
        JsonNode config = node.path("config");
        if (!config.isMissingNode() && !config.isNull() && !config.isObject()) {
            problem(side + ".config", "must be a mapping of settings");
        }
        ConnectorLaunch launch = launch(node, side);
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
    private ConnectorLaunch launch(JsonNode node, String side) {
        ConnectorLaunch.InContainer container = container(node, side);
        long ways =
                List.of("type", "image", "command").stream().filter(node::has).count();
        if (ways != 1) {
            problem(
                    side,
                    ways == 0
                            ? "does not say which connector it is; write `type:`, `image:` or `command:`"
                            : "says more than once which connector it is; keep one of `type:`, `image:` and `command:`");
            return null;
        }
        Optional<String> how = text(node, "launch", side);
        how.filter(h -> !h.equals("docker") && !h.equals("process"))
                .ifPresent(h -> problem(
                        side + ".launch",
                        "is '%s'%s".formatted(h, Problems.suggestion(h, Set.of("docker", "process")))));
        boolean asProcess = how.map("process"::equals).orElse(node.has("command"));
        if (asProcess) {
            CONTAINER.stream()
                    .filter(node::has)
                    .forEach(name -> problem(
                            side + "." + name, "is for containers, but this connector runs as a process; remove it"));
        }
        if (node.has("command")) {
            List<String> command = texts(node.path("command"), side + ".command");
            if (command.isEmpty()) {
                problem(side + ".command", "is empty; name a program");
                return null;
            }
            if (!asProcess) {
                problem(side + ".launch", "is 'docker', but a command runs as a process; name an `image:` instead");
            }
            return new ConnectorLaunch.AsProcess(command.getFirst(), command, place.directory());
        }
        if (node.has("type")) {
            return ours(text(node, "type", side).orElse(""), side, asProcess, container);
        }
        String image = text(node, "image", side).orElse("");
        if (asProcess) {
            problem(side + ".launch", "is 'process', but an image runs in Docker; name a `command:` instead");
        }
        if (image.isBlank()) {
            problem(side + ".image", "is empty; write an image with its tag, for example airbyte/source-github:2.1.0");
            return null;
        }
        return container.of(image, Optional.empty());
    }

    private ConnectorLaunch ours(String type, String side, boolean asProcess, ConnectorLaunch.InContainer container) {
        Optional<Path> folder = ours.find(side, type);
        if (folder.isEmpty()) {
            problem(
                    side + ".type",
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
    private ConnectorLaunch.InContainer container(JsonNode node, String side) {
        Optional<Path> local =
                text(node, "local", side).map(place.directory()::resolve).map(Path::normalize);
        local.filter(path -> !Files.isDirectory(path))
                .ifPresent(path -> problem(side + ".local", "is not a directory: " + path));
        local.filter(ConnectionFile::holdsEngineSocket)
                .ifPresent(path -> problem(
                        side + ".local",
                        "is %s, which holds the socket of the Docker engine: whoever reaches that is root on this"
                                        .formatted(path)
                                + " machine; use another directory"));
        Optional<Boolean> readOnly = flag(node, "read_only", side);
        Optional<Long> tmp = amount(node, "tmp", side, ConnectionFile::bytes, "512m or 2g");
        tmp.filter(_ -> readOnly.equals(Optional.of(false)))
                .ifPresent(_ -> problem(
                        side + ".tmp",
                        "limits the /tmp of a read-only container, but `read_only` is false; remove one"));
        return new ConnectorLaunch.InContainer(
                "",
                Optional.empty(),
                text(node, "network", side).orElse("bridge"),
                amount(node, "memory", side, ConnectionFile::bytes, "512m or 2g")
                        .orElse(DEFAULT_MEMORY),
                amount(node, "cpus", side, ConnectionFile::plain, "1.5")
                        .orElse((double) Runtime.getRuntime().availableProcessors()),
                amount(node, "processes", side, ConnectionFile::plain, "512")
                        .map(Double::intValue)
                        .orElse(1024),
                local,
                readOnly,
                tmp.orElse(ConnectorLaunch.InContainer.DEFAULT_TMP_BYTES),
                choice(node, "pipes", side, ConnectorLaunch.Pipes.values(), "a kind of pipes")
                        .orElse(ConnectorLaunch.Pipes.AUTO),
                startTimeout());
    }

    /// Mounted itself, or somewhere below a directory that is: the conventional places, and where this process would
    /// look for it.
    private static boolean holdsEngineSocket(Path directory) {
        Path real = real(directory);
        return Stream.of("/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock")
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

    private Duration startTimeout() {
        return amount(tree.root().path("limits"), "start_timeout", "limits", ConnectionFile::duration, "90s or 5m")
                .orElse(ConnectorLaunch.InContainer.DEFAULT_START_TIMEOUT);
    }

    private Optional<Boolean> flag(JsonNode node, String name, String at) {
        JsonNode value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        String text = value.asText();
        if (!value.isValueNode() || !(text.equals("true") || text.equals("false"))) {
            problem(at + "." + name, "must be true or false");
            return Optional.empty();
        }
        return Optional.of(Boolean.valueOf(text));
    }

    private Map<String, StreamSettings> streams(JsonNode node) {
        Map<String, StreamSettings> streams = new LinkedHashMap<>();
        if (node.isArray()) {
            for (String name : texts(node, "streams")) {
                streams.put(name, StreamSettings.DEFAULT);
            }
            if (streams.isEmpty()) {
                problem("streams", "is empty; name at least one stream, or leave it out to sync all");
            }
        } else if (node.isObject()) {
            for (var entry : node.properties()) {
                String key = "streams." + entry.getKey();
                JsonNode settings = entry.getValue();
                if (!settings.isNull() && !settings.isObject()) {
                    problem(key, "must be a mapping, or nothing");
                    continue;
                }
                keys(settings, key, STREAM);
                streams.put(
                        entry.getKey(),
                        new StreamSettings(
                                mode(settings, key),
                                writeMode(settings, key),
                                path(settings.path("cursor"), key + ".cursor"),
                                keyPaths(settings.path("key"), key + ".key"),
                                new LinkedHashSet<>(texts(settings.path("fields"), key + ".fields")),
                                tree.line(key)));
            }
        } else if (!node.isMissingNode() && !node.isNull()) {
            problem("streams", "must be a list of names, or a mapping of names to settings");
        }
        return streams;
    }

    private Optional<SyncMode> mode(JsonNode node, String at) {
        return choice(node, "mode", at, SyncMode.values(), "a sync mode");
    }

    private Optional<WriteMode> writeMode(JsonNode node, String at) {
        return choice(node, "destination_mode", at, WriteMode.values(), "a destination mode");
    }

    private <E extends Enum<E>> Optional<E> choice(JsonNode node, String name, String at, E[] values, String what) {
        Optional<String> text = text(node, name, at);
        Optional<E> chosen = text.flatMap(t -> Arrays.stream(values)
                .filter(v -> v.name().toLowerCase(Locale.ROOT).equals(t))
                .findFirst());
        if (text.isPresent() && chosen.isEmpty()) {
            List<String> known = Arrays.stream(values)
                    .map(v -> v.name().toLowerCase(Locale.ROOT))
                    .toList();
            problem(
                    at + "." + name,
                    "is '%s', which is not %s%s".formatted(text.get(), what, Problems.suggestion(text.get(), known)));
        }
        return chosen;
    }

    private Limits limits(JsonNode root) {
        JsonNode limits = section(root, "limits", LIMITS);
        return new Limits(
                amount(limits, "source_timeout", "limits", ConnectionFile::duration, "30m or 3h")
                        .orElse(Limits.DEFAULT.sourceTimeout()),
                amount(limits, "destination_timeout", "limits", ConnectionFile::duration, "30m or 24h")
                        .orElse(Limits.DEFAULT.destinationTimeout()),
                amount(limits, "operation_timeout", "limits", ConnectionFile::duration, "90s or 9m")
                        .orElse(Limits.DEFAULT.operationTimeout()),
                amount(limits, "line_size", "limits", ConnectionFile::bytes, "256m")
                        .map(bytes -> (int) Math.min(bytes, Integer.MAX_VALUE - 64))
                        .orElse(Limits.DEFAULT.lineBytes()),
                amount(limits, "attempts", "limits", ConnectionFile::count, "5, or 1 for never again")
                        .orElse(Limits.DEFAULT.attempts()),
                amount(limits, "retry_after", "limits", ConnectionFile::duration, "10s")
                        .orElse(Limits.DEFAULT.retryAfter()),
                strict(limits),
                amount(limits, "store_timeout", "limits", ConnectionFile::duration, "10m")
                        .orElse(Limits.DEFAULT.storeTimeout()),
                amount(section(root, "logs", LOGS), "keep", "logs", ConnectionFile::logs, "50 (runs) or 30d")
                        .orElse(Limits.DEFAULT.logs()));
    }

    private boolean strict(JsonNode limits) {
        Optional<String> text = text(limits, "strict", "limits");
        text.filter(t -> !t.equals("true") && !t.equals("false"))
                .ifPresent(t -> problem("limits.strict", "is '%s'; write true or false".formatted(t)));
        return text.filter("true"::equals).isPresent();
    }

    private interface Unit<T> {
        /// Null when the unit is not known.
        T of(double amount, String unit);
    }

    private <T> Optional<T> amount(JsonNode node, String name, String at, Unit<T> unit, String example) {
        JsonNode value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        Matcher matcher = AMOUNT.matcher(value.asText().strip());
        T amount = matcher.matches()
                ? unit.of(Double.parseDouble(matcher.group(1)), matcher.group(2).toLowerCase(Locale.ROOT))
                : null;
        if (amount == null) {
            problem(at + "." + name, "is '%s'; write it like %s".formatted(value.asText(), example));
        }
        return Optional.ofNullable(amount);
    }

    private static Double plain(double amount, String unit) {
        return unit.isEmpty() && amount > 0 ? amount : null;
    }

    private static Integer count(double amount, String unit) {
        return unit.isEmpty() && amount >= 1 && amount == Math.rint(amount) ? (Integer) (int) amount : null;
    }

    private static LogsKept logs(double amount, String unit) {
        Integer runs = count(amount, unit);
        if (runs != null) {
            return LogsKept.newest(runs);
        }
        Duration age = duration(amount, unit);
        return age == null ? null : LogsKept.notOlderThan(age);
    }

    private static Long bytes(double amount, String unit) {
        int shift = switch (unit) {
            case "b" -> 0;
            case "k", "kb", "kib" -> 10;
            case "m", "mb", "mib" -> 20;
            case "g", "gb", "gib" -> 30;
            default -> -1;
        };
        return shift < 0 || amount <= 0 ? null : (Long) (long) (amount * (1L << shift));
    }

    private static Duration duration(double amount, String unit) {
        long millis = switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            default -> 0;
        };
        return millis == 0 || amount <= 0 ? null : Duration.ofMillis((long) (amount * millis));
    }

    private List<String> path(JsonNode node, String key) {
        return node.isTextual() ? List.of(node.asText()) : texts(node, key);
    }

    /// `id`, `[id, region]`, or with nested columns `[[address, street], id]`.
    private List<List<String>> keyPaths(JsonNode node, String key) {
        if (node.isTextual()) {
            return List.of(List.of(node.asText()));
        }
        List<List<String>> paths = new ArrayList<>();
        for (JsonNode element : node) {
            paths.add(path(element, key));
        }
        return paths;
    }

    private List<String> texts(JsonNode node, String key) {
        List<String> texts = new ArrayList<>();
        if (node.isMissingNode() || node.isNull()) {
            return texts;
        }
        if (!node.isArray()) {
            problem(key, "must be a list");
            return texts;
        }
        for (JsonNode element : node) {
            if (element.isValueNode() && !element.isNull()) {
                texts.add(element.asText());
            } else {
                problem(key, "must be a list of names");
            }
        }
        return texts;
    }

    private Optional<String> text(JsonNode node, String name, String at) {
        JsonNode value = node.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isValueNode()) {
            problem(at.isEmpty() ? name : at + "." + name, "must be a text");
            return Optional.empty();
        }
        return Optional.of(value.asText());
    }

    private JsonNode section(JsonNode root, String name, Set<String> known) {
        JsonNode section = root.path(name);
        if (section.isMissingNode() || section.isNull()) {
            return Json.mapper().createObjectNode();
        }
        if (!section.isObject()) {
            problem(name, "must be a mapping");
            return Json.mapper().createObjectNode();
        }
        keys(section, name, known);
        return section;
    }

    private void keys(JsonNode node, String at, Set<String> known) {
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                problem(at.isEmpty() ? name : at + "." + name, "is not known" + Problems.suggestion(name, known));
            }
        });
    }

    private void problem(String key, String text) {
        problems.add(tree.line(key), key, text);
    }
}
