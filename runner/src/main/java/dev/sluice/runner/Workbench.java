package dev.sluice.runner;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.FailureType;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.connection.ConnectionFile;
import dev.sluice.runner.connection.OurConnectors;
import dev.sluice.runner.connection.Place;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.EngineReport;
import dev.sluice.runner.launch.Launcher;
import dev.sluice.runner.launch.RunDirectory;
import dev.sluice.runner.launch.RunningConnector;
import dev.sluice.runner.launch.StoppableLauncher;
import dev.sluice.runner.launch.docker.DockerLauncher;
import dev.sluice.runner.launch.process.ProcessLauncher;
import dev.sluice.runner.operation.Operations;
import dev.sluice.runner.operation.SpecCache;
import dev.sluice.runner.state.KeptConfig;
import dev.sluice.runner.state.KeptConfigs;
import dev.sluice.runner.state.Side;
import dev.sluice.runner.state.StateStore;
import dev.sluice.runner.store.SqlStateStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Everything one command needs, wired by hand: the one place where implementations are chosen.
public final class Workbench implements AutoCloseable {
    public static final String VERSION = "0.1.0";

    private final Path home;
    private final Map<String, String> environment;
    private final Consumer<String> notices;
    private final SecretMask mask;
    private final RunDirectory run;
    private final DockerLauncher docker;
    private final StoppableLauncher launcher;
    private final Operations operations;
    private final RunLog log;

    /// @param home the directory of this Sluice, with its connectors
    /// @param notices receives lines for the user: something takes long, something is odd
    /// @param mask learns the secrets of each connection that is read
    public Workbench(
            Path home, Map<String, String> environment, Consumer<String> notices, RunLog log, SecretMask mask) {
        this.home = home;
        this.environment = environment;
        this.mask = mask;
        this.notices = notice -> notices.accept(mask.apply(notice));
        this.log = mask.over(log);
        Path runs = cache().resolve("runs");
        RunDirectory.sweep(temporary(), runs).forEach(this.notices);
        this.run = RunDirectory.create(temporary(), runs);
        this.docker = new DockerLauncher(run, environment, this.notices);
        this.launcher = new StoppableLauncher(new EitherLauncher(docker, new ProcessLauncher(run)));
        this.operations = operations(launcher);
    }

    /// A container or a process, as the connection says; never one in place of the other.
    private record EitherLauncher(Launcher docker, Launcher process) implements Launcher {
        @Override
        public RunningConnector launch(ConnectorLaunch connector, ConnectorCommand command, LineSink stderr)
                throws InterruptedException {
            return switch (connector) {
                case ConnectorLaunch.InContainer _ -> docker.launch(connector, command, stderr);
                case ConnectorLaunch.AsProcess _ -> process.launch(connector, command, stderr);
                case ConnectorLaunch.ThisProgram(var running) -> running;
            };
        }

        @Override
        public String fingerprint(ConnectorLaunch connector) throws InterruptedException {
            return switch (connector) {
                case ConnectorLaunch.InContainer _ -> docker.fingerprint(connector);
                case ConnectorLaunch.AsProcess _ -> process.fingerprint(connector);
                case ConnectorLaunch.ThisProgram _ -> "";
            };
        }
    }

    /// Stops every connector that runs, and lets no other start. For another thread than the command's.
    public void stopConnectors() {
        launcher.stopAll();
    }

    /// Where inputs of connectors are, and pipes. The JVM itself does not ask for TMPDIR.
    public Path temporary() {
        String said = environment.getOrDefault("TMPDIR", "");
        return Path.of(said.isEmpty() ? System.getProperty("java.io.tmpdir") : said);
    }

    /// Where specs are remembered.
    public Path cache() {
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        String userHome = environment.getOrDefault("HOME", temporary().toString());
        return (xdg.isEmpty() ? Path.of(userHome, ".cache") : Path.of(xdg)).resolve("sluice");
    }

    public Connection connection(Path file) throws InterruptedException {
        return connection(file, Optional.empty());
    }

    /// Reads and checks a connection file; learns its secrets first of all, so that no later message shows one.
    ///
    /// @param state as for [#stateStore]: there is kept what its connectors ask to be configured with
    public Connection connection(Path file, Optional<String> state) throws InterruptedException {
        Connection connection = ConnectionFile.read(
                file, environment, new OurConnectors(home, VERSION), operations::spec, mask, notices);
        connection.keepConfigsIn(configs(connection, state));
        return connection;
    }

    /// Where is kept what the connectors of a connection ask to be configured with, for who does not hold it.
    ///
    /// @param state as for [#stateStore]
    public KeptConfigs configs(Connection connection, Optional<String> state) {
        return new ConfigsWhenNeeded(connection, state);
    }

    /// Makes no state store for a command that has nothing to keep.
    private final class ConfigsWhenNeeded implements KeptConfigs {
        private final Connection connection;
        private final Optional<String> override;

        ConfigsWhenNeeded(Connection connection, Optional<String> override) {
            this.connection = connection;
            this.override = override;
        }

        private KeptConfigs configs() {
            return stateStore(connection, override).configs(connection.name());
        }

        @Override
        public Optional<KeptConfig> config(Side side) {
            String place = place(connection, override);
            return isUrl(place) || Files.exists(Path.of(place)) ? configs().config(side) : Optional.empty();
        }

        @Override
        public void keep(Side side, KeptConfig config) {
            configs().keep(side, config);
        }

        @Override
        public void drop(Side side, KeptConfig config) {
            configs().drop(side, config);
        }
    }

    /// Checks what a program describes; where its connectors' configurations are kept is for the program to say.
    ///
    /// @param launcher starts connectors that are asked for their spec
    public Connection connection(ObjectNode tree, Place place, Launcher launcher) throws InterruptedException {
        return ConnectionFile.of(tree, place, environment, ourConnectors(), operations(launcher)::spec, mask, notices);
    }

    /// The same for commands that look at no setting of a connector: nothing is started, Docker need not be there.
    public Connection connectionWithoutSpecs(Path file) {
        return ConnectionFile.readWithoutSpecs(file, environment, new OurConnectors(home, VERSION));
    }

    public ConnectorSpecification spec(Connection connection, Connection.Connector connector)
            throws InterruptedException {
        return operations.spec(connector.launch(), connection.limits().operationTimeout());
    }

    /// The spec of the one connector that a program describes, whatever its settings.
    public ConnectorSpecification spec(ObjectNode tree, Place place, Launcher launcher) throws InterruptedException {
        Connection described = ConnectionFile.ofWithoutSpecs(tree, place, environment, ourConnectors());
        Connection.Connector connector = described.source() != null ? described.source() : described.destination();
        return operations(launcher).spec(connector.launch(), described.limits().operationTimeout());
    }

    /// Where connections keep their place: what the command line says, else the connection, else a file in
    /// `.sluice` beside the connection file.
    public StateStore stateStore(Connection connection, Optional<String> override) {
        String place = place(connection, override);
        return isUrl(place) ? SqlStateStore.postgres(place) : SqlStateStore.file(Path.of(place));
    }

    /// The same when it is a file, which need not be there.
    public Optional<Path> stateFile(Connection connection, Optional<String> override) {
        String place = place(connection, override);
        return isUrl(place) ? Optional.empty() : Optional.of(Path.of(place));
    }

    private String place(Connection connection, Optional<String> override) {
        if (override.filter(Workbench::holdsPassword).isPresent()) {
            // Invariant 6: everybody on this machine can read the arguments of a process.
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "state.password_in_argument",
                    "the URL given with --state holds a password, and arguments are no place for one",
                    "--state",
                    "put the URL into SLUICE_STATE, or under `state:` in the connection file");
        }
        // A path in the file is relative to the file, one from outside to where the command was called.
        return override.or(() -> connection
                        .stateStore()
                        .map(written -> isUrl(written)
                                ? written
                                : connection
                                        .place()
                                        .directory()
                                        .resolve(written)
                                        .toString()))
                .or(() -> Optional.ofNullable(environment.get("SLUICE_STATE")))
                .orElseGet(() -> connection
                        .place()
                        .directory()
                        .resolve(".sluice")
                        .resolve("state.db")
                        .toString());
    }

    /// As in `://user:password@`, or as a parameter, whose name may be encoded: `?password=`, `&ssl%70assword=`.
    private static boolean holdsPassword(String place) {
        String decoded = Pattern.compile("%([0-9a-fA-F]{2})")
                .matcher(place)
                .replaceAll(hex -> Matcher.quoteReplacement(Character.toString(Integer.parseInt(hex.group(1), 16))));
        return place.matches("(?s).*://[^/@]*:[^/]*@.*") || decoded.matches("(?is)(.*[?&;\\s])?[a-z]*password\\s*=.*");
    }

    /// Whatever looks like a URL is one: taken for a file, its password would become the name of a directory.
    private static boolean isUrl(String place) {
        return place.matches("(?s)(jdbc:|postgres(ql)?:).*|.*://.*");
    }

    /// `.sluice` beside a connection file: state, logs. Made by whoever puts something there.
    public static Path directory(Path connectionFile) {
        return connectionFile.toAbsolutePath().normalize().resolveSibling(".sluice");
    }

    /// Loads what running containers needs, for the start cache.
    public void rehearse() {
        docker.rehearse();
    }

    public Operations operations() {
        return operations;
    }

    /// With a launcher that has been put around [#launcher].
    public Operations operations(Launcher around) {
        return new Operations(around, new SpecCache(cache().resolve("specs")), mask, log);
    }

    public Launcher launcher() {
        return launcher;
    }

    /// Of all that connectors and the runner say: it shows no secret (invariant 6).
    public RunLog log() {
        return log;
    }

    public SecretMask mask() {
        return mask;
    }

    /// What can be said of the Docker engine without starting anything in it.
    public EngineReport engine() throws InterruptedException {
        return docker.report();
    }

    /// How a connector's container will be, without starting it.
    public EngineReport.Container container(ConnectorLaunch.InContainer launch) throws InterruptedException {
        return docker.container(launch);
    }

    public OurConnectors ourConnectors() {
        return new OurConnectors(home, VERSION);
    }

    @Override
    public void close() {
        docker.close();
        run.close();
    }
}
