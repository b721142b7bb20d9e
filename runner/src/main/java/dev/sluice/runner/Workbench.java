package dev.sluice.runner;

import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.FailureType;
import dev.sluice.runner.connection.Connection;
import dev.sluice.runner.connection.ConnectionFile;
import dev.sluice.runner.connection.OurConnectors;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.Launcher;
import dev.sluice.runner.launch.RunDirectory;
import dev.sluice.runner.launch.RunningConnector;
import dev.sluice.runner.launch.docker.DockerLauncher;
import dev.sluice.runner.launch.process.ProcessLauncher;
import dev.sluice.runner.operation.Operations;
import dev.sluice.runner.operation.SpecCache;
import dev.sluice.runner.state.StateStore;
import dev.sluice.runner.store.SqlStateStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Everything one command needs, wired by hand: the one place where implementations are chosen.
public final class Workbench implements AutoCloseable {
    public static final String VERSION = "0.1.0";

    private final Path home;
    private final Map<String, String> environment;
    private final Consumer<String> notices;
    private final SecretMask mask = new SecretMask();
    private final RunDirectory run;
    private final DockerLauncher docker;
    private final EitherLauncher launcher;
    private final Operations operations;

    /// @param home the directory of this Sluice, with its connectors
    /// @param notices receives lines for the user: something takes long, something is odd
    public Workbench(Path home, Map<String, String> environment, Consumer<String> notices, RunLog log) {
        this.home = home;
        this.environment = environment;
        this.notices = notices;
        Path runs = cache().resolve("runs");
        RunDirectory.sweep(runs).forEach(swept -> notices.accept("removed what a killed run had left: " + swept));
        this.run = RunDirectory.create(runs);
        this.docker = new DockerLauncher(run, environment, notices);
        this.launcher = new EitherLauncher(docker, new ProcessLauncher(run));
        this.operations = new Operations(launcher, new SpecCache(cache().resolve("specs")), mask, log);
    }

    /// A container or a process, as the connection says; never one in place of the other. Remembers what it has
    /// started, to stop it.
    private static final class EitherLauncher implements Launcher {
        private static final Duration GRACE = Duration.ofSeconds(5);

        private final Launcher docker;
        private final Launcher process;
        private final List<RunningConnector> launched = new CopyOnWriteArrayList<>();
        private final Set<Thread> atWork = ConcurrentHashMap.newKeySet();
        private volatile boolean stopped;

        EitherLauncher(Launcher docker, Launcher process) {
            this.docker = docker;
            this.process = process;
        }

        private Launcher of(ConnectorLaunch connector) {
            return switch (connector) {
                case ConnectorLaunch.InContainer _ -> docker;
                case ConnectorLaunch.AsProcess _ -> process;
            };
        }

        @Override
        public RunningConnector launch(ConnectorLaunch connector, ConnectorCommand command, LineSink stderr)
                throws InterruptedException {
            RunningConnector running = unlessStopped(() -> of(connector).launch(connector, command, stderr));
            launched.add(running);
            if (stopped) {
                running.close();
                requireNotStopped();
            }
            return running;
        }

        private interface Work<T> {
            T run() throws InterruptedException;
        }

        /// Pulling an image and starting a container take minutes when all is not well.
        private <T> T unlessStopped(Work<T> work) throws InterruptedException {
            atWork.add(Thread.currentThread());
            try {
                requireNotStopped();
                return work.run();
            } catch (InterruptedException e) {
                requireNotStopped();
                throw e;
            } finally {
                atWork.remove(Thread.currentThread());
            }
        }

        private void requireNotStopped() {
            if (stopped) {
                throw new RunnerException(
                        FailureType.TRANSIENT_ERROR, "runner.stopped", "the command was stopped", "", "");
            }
        }

        void stopAll() {
            stopped = true;
            atWork.forEach(Thread::interrupt);
            launched.forEach(running -> running.stop(GRACE));
        }

        @Override
        public String fingerprint(ConnectorLaunch connector) throws InterruptedException {
            return unlessStopped(() -> of(connector).fingerprint(connector));
        }
    }

    /// Stops every connector that runs, and lets no other start. For another thread than the command's.
    public void stopConnectors() {
        launcher.stopAll();
    }

    private Path cache() {
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        String userHome = environment.getOrDefault("HOME", System.getProperty("java.io.tmpdir"));
        return (xdg.isEmpty() ? Path.of(userHome, ".cache") : Path.of(xdg)).resolve("sluice");
    }

    /// Reads and checks a connection file; learns its secrets first of all, so that no later message shows one.
    public Connection connection(Path file) throws InterruptedException {
        return ConnectionFile.read(
                file,
                environment,
                new OurConnectors(home, VERSION),
                connector -> operations.spec(connector, Connection.Limits.DEFAULT.operationTimeout()),
                mask,
                notices);
    }

    public ConnectorSpecification spec(Connection connection, Connection.Connector connector)
            throws InterruptedException {
        return operations.spec(connector.launch(), connection.limits().operationTimeout());
    }

    /// Where connections keep their place: what the command line says, else the connection, else a file in
    /// `.sluice` beside the connection file.
    public StateStore stateStore(Connection connection, Optional<String> override) {
        if (override.filter(url -> url.matches("(?s).*://[^/@]*:[^/]*@.*")).isPresent()) {
            // Invariant 6: everybody on this machine can read the arguments of a process.
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "state.password_in_argument",
                    "the URL given with --state holds a password, and arguments are no place for one",
                    "--state",
                    "put the URL into SLUICE_STATE, or under `state:` in the connection file");
        }
        // A path in the file is relative to the file, one from outside to where the command was called.
        Optional<String> place = override.or(() -> connection
                        .stateStore()
                        .map(written -> isUrl(written)
                                ? written
                                : connection
                                        .file()
                                        .toAbsolutePath()
                                        .resolveSibling(written)
                                        .toString()))
                .or(() -> Optional.ofNullable(environment.get("SLUICE_STATE")));
        if (place.filter(Workbench::isUrl).isPresent()) {
            return SqlStateStore.postgres(place.get());
        }
        return SqlStateStore.file(
                place.map(Path::of).orElseGet(() -> directory(connection.file()).resolve("state.db")));
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

    public Launcher launcher() {
        return launcher;
    }

    public SecretMask mask() {
        return mask;
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
